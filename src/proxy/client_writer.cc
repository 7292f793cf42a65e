#include "ccnproxy/proxy/client_writer.h"

#include "ccnproxy/net/socket_options.h"
#include "ccnproxy/proxy/client_socket.h"

namespace ccnproxy::proxy {

ClientOutput::Outcome ClientWriter::flush(int fd, const config::Config& config) {
  limit_unsent(fd);
  const auto outcome = output_.flush(fd);
  if (outcome == ClientOutput::Outcome::failed) return outcome;
  blocked_ = outcome == ClientOutput::Outcome::held_back;
  if (blocked_ || backlog_.worth_a_look(output_.written())) look(fd);
  if (blocked_) {
    taking_.owe(context_.loop.now(), config.timeouts.client_write, config.limits.min_rate);
  } else {
    taking_.release();
  }
  return outcome;
}

void ClientWriter::look(int fd) {
  const auto now = context_.loop.now();
  taking_.moved(now, backlog_.look(now, output_.written(), bytes_in_socket(fd)));
}

bool ClientWriter::is_too_slow(int fd) {
  look(fd);
  return taking_.too_slow(context_.loop.now());
}

/// Where memory is under pressure, the kernel is to hold less for each client, too.
void ClientWriter::limit_unsent(int fd) {
  const auto& memory = context_.memory;
  if (unsent_capped_ ? !memory.relaxed() : !memory.under_pressure()) return;
  unsent_capped_ = !unsent_capped_;
  set_most_unsent(fd, unsent_capped_ ? most_unsent_under_pressure : most_unsent);
}

void ClientWriter::let_go(int fd) {
  if (unsent_capped_) set_most_unsent(fd, most_unsent);
}

}  // namespace ccnproxy::proxy

// bench_floor CONFIG: what the kernel and TLS cost at least. Passes small requests from clients on
// loopback to one HTTPS origin over kept HTTP/1.1 connections, one system call for each thing that
// must be done and nothing else: no limits, deadlines, log, HTTP/2, errors or bodies of requests.
// For floor.sh only, whose two ends are known; CONFIG is "port origin-port host ca-file".

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_nodelay(int fd) {
  const int one = 1;
  check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
}

/// A client, or a connection to the origin; what has come of its message.
struct Peer {
  int fd = -1;
  SSL* tls = nullptr;     ///< null: a client
  Peer* other = nullptr;  ///< whose request is answered; null: none, or the client has left
  std::string input;
};

class Floor {
 public:
  Floor(int port, int origin, std::string host, const std::string& ca)
      : origin_(origin), host_(std::move(host)), context_(SSL_CTX_new(TLS_client_method())) {
    check(SSL_CTX_load_verify_file(context_, ca.c_str()) == 1, "ca");
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context_, 1);  // a record costs one read, not two
    listener_.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    set_nodelay(listener_.fd);
    const auto address = loopback(port);
    check(bind(listener_.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "bind");
    check(listen(listener_.fd, SOMAXCONN) == 0, "listen");
    watch(listener_);
  }

  [[noreturn]] void run() {
    for (;;) {
      epoll_event events[64];
      const int n = epoll_wait(epoll_, events, 64, -1);
      for (int i = 0; i < n; ++i) {
        auto& peer = *static_cast<Peer*>(events[i].data.ptr);
        if (&peer == &listener_) {
          accept_one();
        } else if (peer.tls) {
          read_response(peer);
        } else {
          read_request(peer);
        }
      }
    }
  }

 private:
  void watch(Peer& peer) {
    epoll_event event{EPOLLIN, {.ptr = &peer}};
    check(epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.fd, &event) == 0, "epoll");
  }

  void accept_one() {
    const int fd = accept4(listener_.fd, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    auto* client = new Peer{fd, nullptr, nullptr, {}};
    watch(*client);
    read_request(*client);  // it mostly comes with its request
  }

  void read_request(Peer& client) {
    const auto n = recv(client.fd, buffer_, sizeof buffer_, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return leave(client);
    client.input.append(buffer_, static_cast<std::size_t>(n));
    if (client.input.find(end_of_head) == std::string::npos) return;
    auto& connection = idle_connection();
    connection.other = &client;
    client.other = &connection;
    const auto at = client.input.find("Host: ") + 6;
    client.input.replace(at, client.input.find('\r', at) - at, host_);
    const auto size = static_cast<int>(client.input.size());
    check(SSL_write(connection.tls, client.input.data(), size) == size, "write to the origin");
    client.input.clear();
  }

  void leave(Peer& client) {
    close(client.fd);
    if (client.other) client.other->other = nullptr;
    delete &client;
  }

  void read_response(Peer& connection) {
    const int n = SSL_read(connection.tls, buffer_, sizeof buffer_);
    if (n <= 0) {
      check(SSL_get_error(connection.tls, n) == SSL_ERROR_WANT_READ, "the origin closed");
      return;
    }
    auto& input = connection.input;
    input.append(buffer_, static_cast<std::size_t>(n));
    const auto head = input.find(end_of_head);
    if (head == std::string::npos) return;
    const auto length = input.find("Content-Length: ") + 16;
    std::size_t body = 0;
    std::from_chars(input.data() + length, input.data() + head, body);
    if (input.size() < head + end_of_head.size() + body) return;
    if (auto* client = std::exchange(connection.other, nullptr)) {
      client->other = nullptr;
      const auto sent = send(client->fd, input.data(), input.size(), MSG_NOSIGNAL);
      check(sent == static_cast<ssize_t>(input.size()) || errno == EPIPE || errno == ECONNRESET,
            "write to the client");
    }
    input.clear();
    idle_.push_back(&connection);
  }

  Peer& idle_connection() {
    if (idle_.empty()) idle_.push_back(&connect_to_origin());
    auto& connection = *idle_.back();
    idle_.pop_back();
    return connection;
  }

  Peer& connect_to_origin() {
    auto* peer = new Peer{socket(AF_INET, SOCK_STREAM, 0), nullptr, nullptr, {}};
    const auto address = loopback(origin_);
    check(connect(peer->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "connect");
    set_nodelay(peer->fd);
    peer->tls = SSL_new(context_);
    SSL_set_fd(peer->tls, peer->fd);
    SSL_set_tlsext_host_name(peer->tls, host_.c_str());
    SSL_set1_host(peer->tls, host_.c_str());
    check(SSL_connect(peer->tls) == 1, "TLS");
    fcntl(peer->fd, F_SETFL, O_NONBLOCK);
    watch(*peer);
    return *peer;
  }

  const int origin_;
  const std::string host_;
  SSL_CTX* const context_;
  const int epoll_ = epoll_create1(0);
  Peer listener_;
  std::vector<Peer*> idle_;  ///< connections to the origin; the last used one goes first
  char buffer_[16 * 1024];
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: bench_floor CONFIG");
    std::ifstream config(argv[1]);
    int port = 0, origin = 0;
    std::string host, ca;
    if (!(config >> port >> origin >> host >> ca))
      throw std::runtime_error("CONFIG is: port origin-port host ca-file");
    Floor(port, origin, host, ca).run();
  } catch (const std::exception& error) {
    std::cerr << "bench_floor: " << error.what() << "\n";
    return 1;
  }
}

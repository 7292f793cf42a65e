#include "origin.h"

#include <algorithm>

#include <sys/socket.h>

#include "fakes/endpoint.h"
#include "http1_origin.h"
#include "http2_origin.h"

namespace ccnproxy::soak {
namespace {

constexpr std::size_t most_silent = 16;

int choose(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
           unsigned int offered_size, void* wire) {
  const auto& own = *static_cast<const std::string*>(wire);
  unsigned char* chosen = nullptr;
  const auto result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(own.data()),
                            static_cast<unsigned int>(own.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

fakes::TlsContext speaking(const fakes::Certificate& certificate, const std::string& protocol) {
  static const std::string h2 = fakes::alpn_wire({"h2"});
  static const std::string http1 = fakes::alpn_wire({"http/1.1"});
  auto context = fakes::make_tls_context(TLS_server_method(), certificate);
  SSL_CTX_set_alpn_select_cb(context.get(), choose,
                             const_cast<std::string*>(protocol == "h2" ? &h2 : &http1));
  static constexpr unsigned char name[] = "soak";
  SSL_CTX_set_session_id_context(context.get(), name, sizeof name - 1);
  return context;
}

/// Destroyed between turns, since it may be what runs.
struct Dying final : DeferredDelete {
  explicit Dying(std::shared_ptr<Link> l) : link(std::move(l)) {}
  std::shared_ptr<Link> link;
};

}  // namespace

Origin::Origin(World& world, Place place, const fakes::Certificate& certificate)
    : world_(world),
      place_(place),
      only_h2_(speaking(certificate, "h2")),
      only_http1_(speaking(certificate, "http/1.1")),
      listener_(fakes::listen_on("127.0.0.1:0").release()),
      endpoint_(fakes::local_endpoint(listener_.get())) {
  world_.loop.watch(listener_.get(), EPOLLIN, *this);
}

void Origin::on_io(std::uint32_t) {
  while (listener_) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    take(std::move(fd));
  }
}

bool Origin::is_flawed(UniqueFd& fd, Flaw flaw) {
  if (world_.calm || is_plain(place_)) return false;
  if (flaw == Flaw::no_tls) {
    constexpr std::string_view text = "HTTP/1.1 400 Bad\r\n\r\n";
    [[maybe_unused]] const auto n = ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }
  if (flaw == Flaw::silent) {
    silent_.push_back(std::move(fd));
    if (silent_.size() > most_silent) silent_.erase(silent_.begin());
  }
  return flaw == Flaw::closed_at_once || flaw == Flaw::no_tls || flaw == Flaw::silent;
}

void Origin::take(UniqueFd fd) {
  auto plan = connection_plan(world_.seed, world_.next_connection++);
  world_.ledger.count_connection();
  if (is_flawed(fd, plan.flaw)) return;
  const bool h2 = place_ == Place::h2 || (place_ == Place::either && plan.speaks_h2);
  SSL* ssl = is_plain(place_) ? nullptr : SSL_new((h2 ? only_h2_ : only_http1_).get());
  if (ssl) SSL_set_accept_state(ssl);
  std::shared_ptr<Link> link;
  if (h2)
    link = std::make_shared<Http2Origin>(world_, std::move(fd), ssl, plan);
  else
    link = std::make_shared<Http1Origin>(world_, std::move(fd), ssl, plan, place_ == Place::login);
  plan_end(link, plan);
  keep(std::move(link));
}

/// Ends that come with no request, or whatever runs then.
void Origin::plan_end(const std::shared_ptr<Link>& link, const ConnectionPlan& plan) {
  if (world_.calm) return;
  const auto end_in = [&](std::uint32_t ms, bool if_unused) {
    world_.later.after(std::chrono::milliseconds(ms),
                       [weak = std::weak_ptr(link), if_unused, plan, &world = world_] {
                         const auto self = weak.lock();
                         if (!self || !self->is_open() || world.calm) return;
                         if (if_unused && self->is_used()) return;
                         self->end(plan.in_order ? Link::Ending::in_order : Link::Ending::reset);
                       });
  };
  if (plan.flaw == Flaw::ends_after_tls) end_in(10, false);
  if (plan.closes_unused > 0) end_in(plan.closes_unused, true);
}

void Origin::keep(std::shared_ptr<Link> link) {
  open_connections();
  links_.push_back(std::move(link));
}

std::size_t Origin::open_connections() {
  for (auto& link : links_) {
    if (!link->is_open()) world_.loop.defer_delete(std::make_unique<Dying>(std::move(link)));
  }
  std::erase_if(links_, [](const auto& link) { return !link; });
  return links_.size();
}

void Origin::close() {
  listener_.reset();
  silent_.clear();
  for (auto& link : links_) link->end(Link::Ending::in_order);
  open_connections();
}

}  // namespace ccnproxy::soak

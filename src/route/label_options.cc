#include "ccnproxy/route/label_options.h"

namespace ccnproxy::route {
namespace {

PortInHost convert(config::PortInHost value) noexcept {
  switch (value) {
    case config::PortInHost::origin:
      return PortInHost::origin;
    case config::PortInHost::ignore:
      return PortInHost::ignore;
    case config::PortInHost::automatic:
      return PortInHost::automatic;
  }
  return PortInHost::automatic;
}

}  // namespace

LabelTable::Options label_options(const config::Config& config) {
  LabelTable::Options options;
  for (const auto& [label, scheme] : config.labels) {
    options.labels.emplace(label, scheme == "http" ? origin::Scheme::http : origin::Scheme::https);
  }
  options.port_in_host = convert(config.port_in_host);
  options.upgrade = config.upgrade;
  options.upstream = origin::Origin::parse(config.upstream);
  return options;
}

}  // namespace ccnproxy::route

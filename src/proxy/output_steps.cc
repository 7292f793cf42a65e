#include "ccnproxy/proxy/output_steps.h"

namespace ccnproxy::proxy {

void OutputStep::clear() noexcept {
  front.clear();
  body.clear();
  back.clear();
  body_bytes = 0;
}

std::size_t OutputStep::capacity() const noexcept {
  return front.capacity() + back.capacity() + body.capacity() * sizeof(std::string_view);
}

std::unique_ptr<OutputStep> OutputSteps::take() {
  if (free_.empty()) return std::make_unique<OutputStep>();
  auto step = std::move(free_.back());
  free_.pop_back();
  return step;
}

void OutputSteps::give(std::unique_ptr<OutputStep> step) {
  if (free_.size() >= most || step->capacity() > most_bytes) return;
  step->clear();
  free_.push_back(std::move(step));
}

}  // namespace ccnproxy::proxy

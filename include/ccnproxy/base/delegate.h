#pragma once

#include <utility>

namespace ccnproxy {

template <class Signature>
class Delegate;

/// A callback to a member function, without ownership and without allocation; the event loop uses
/// it instead of std::function. The object must outlive the delegate.
template <class R, class... Args>
class Delegate<R(Args...)> {
 public:
  Delegate() = default;

  template <auto Method, class T>
  static Delegate to(T* object) noexcept {
    Delegate d;
    d.object_ = object;
    d.call_ = [](void* o, Args... args) -> R {
      return (static_cast<T*>(o)->*Method)(std::forward<Args>(args)...);
    };
    return d;
  }

  explicit operator bool() const noexcept { return call_ != nullptr; }
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_ = nullptr;
  R (*call_)(void*, Args...) = nullptr;
};

}  // namespace ccnproxy

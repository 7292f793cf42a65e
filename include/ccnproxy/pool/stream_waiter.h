#pragma once

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::pool {

/// Someone who wants one stream of an origin. Leaves the queue by itself when destroyed.
class StreamWaiter : public boost::intrusive::list_base_hook<
                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  /// `connection` has room for a stream, which is to be opened within this call. `waited` tells
  /// whether a connection stood ready when the stream was asked for.
  virtual void on_connection(origin::OriginConnection& connection, bool waited) = 0;
  virtual void on_no_connection(Error error) = 0;

 protected:
  ~StreamWaiter() = default;

 private:
  friend class OriginPool;
  std::uint64_t avoid_ = 0;  ///< serial of a connection that must not be used again
  TimePoint deadline_{};
};

}  // namespace ccnproxy::pool

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load_options.h"
#include "load_result.h"
#include "response_reader.h"

namespace ccnproxy::bench {

/// Sends HTTP/1.1 requests to a proxy on loopback and checks every response. One thread, one epoll;
/// the clock is read once a turn and large bodies are dropped in the kernel, so that the load costs
/// little beside what it measures. Closed loop: every connection sends its next request as soon as
/// its answer is there. Open loop: request n is due at n / rate, and its latency counts from then,
/// whether or not a connection was free (no coordinated omission).
class LoadGenerator {
 public:
  explicit LoadGenerator(const LoadOptions& options);
  ~LoadGenerator();
  LoadGenerator(const LoadGenerator&) = delete;
  LoadGenerator& operator=(const LoadGenerator&) = delete;

  /// Runs to the end: starts requests for the duration, then waits for those under way.
  /// @throws std::system_error where the machine refuses (no more files, no epoll).
  LoadResult run();

 private:
  struct Slot {
    int fd = -1;
    bool connecting = false;
    bool busy = false;
    bool waits_to_write = false;
    std::uint64_t started_ns = 0;
    std::uint64_t sent = 0;
    const std::string* head = nullptr;
    ResponseReader reader;
  };

  void open_all();
  void turn(std::uint64_t until_ns);
  bool may_start() const;
  void start_what_is_due();
  void start(Slot& slot, std::uint64_t started_ns);
  bool open(Slot& slot);
  void close(Slot& slot);
  void watch_writing(Slot& slot, bool on);
  void on_event(Slot& slot, std::uint32_t events);
  void on_connected(Slot& slot);
  void send_more(Slot& slot);
  long send_piece(const Slot& slot) const;
  std::uint64_t request_bytes(const Slot& slot) const;
  void read_more(Slot& slot);
  long read_piece(Slot& slot);
  void on_read_end(Slot& slot, long got);
  void finish(Slot& slot);
  void fail(Slot& slot, LoadError kind);
  void release(Slot& slot);
  void give_up();
  std::uint64_t due_ns(std::uint64_t request) const;
  std::uint64_t next_event_ns(std::uint64_t until_ns) const;

  const LoadOptions options_;
  const std::vector<std::string> heads_;  ///< one a host
  int epoll_ = -1;
  std::vector<Slot> slots_;
  std::vector<Slot*> free_;
  std::vector<char> buffer_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t end_ns_ = 0;
  std::uint64_t issued_ = 0;
  std::size_t under_way_ = 0;
  LoadResult result_;
};

}  // namespace ccnproxy::bench

#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/socket.h"

struct redisReader;

// The Redis serialization protocol over a socket of ours: hiredis writes commands and reads
// replies, and knows nothing of time.
namespace bytepath::net {

struct Reply {
  enum class Kind { text, number, nothing, status, error, other };
  Kind kind = Kind::other;
  std::string text;  // of a bulk string only its begin, of an error its first word
  std::int64_t number = 0;
  std::uint64_t bytes = 0;  // of a bulk string
};

std::string resp_command(const std::vector<std::string>& words);

class RespConnection {
 public:
  static Result<RespConnection> open(const Url& url, const std::vector<Resolve>& resolves,
                                     std::chrono::nanoseconds timeout, const GoesOn& goes_on,
                                     ConnectionTimes& times);

  Result<> send(std::string_view commands, Clock::time_point deadline);
  // The next reply. Errors: also what is no reply, and one of more than 64 MiB.
  Result<Reply> receive(Clock::time_point deadline);
  Result<Reply> ask(const std::vector<std::string>& words, Clock::time_point deadline);
  // Has more come than was read? Then nobody knows to which command a reply belongs.
  bool has_more() const;
  const std::string& address() const { return socket_.address(); }

 private:
  struct FreeReader {
    void operator()(redisReader* reader) const;
  };
  explicit RespConnection(Socket socket);

  Socket socket_;
  std::unique_ptr<redisReader, FreeReader> reader_;
  std::vector<char> buffer_;
};

}  // namespace bytepath::net

#ifdef BYTEPATH_HAS_HIREDIS
#include "net/resp_connection.h"

#include <hiredis/hiredis.h>

#include <algorithm>

#include "base/text.h"

namespace bytepath::net {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} << 10;
constexpr std::size_t most_reply_bytes = std::size_t{64} << 20;
constexpr std::size_t most_text = std::size_t{16} << 10;  // INFO is 6 KB

std::unexpected<Error> failed(std::string why) { return fail(ErrorKind::failed, std::move(why)); }

// Nothing that is asked here is answered with an array, and hiredis would make one of any length
// that a server names: gigabytes, to be freed one element after the other.
redisReader* reader_without_arrays() {
  redisReader* reader = redisReaderCreate();
  static redisReplyObjectFunctions functions = [reader] {
    auto changed = *reader->fn;
    changed.createArray = [](const redisReadTask*, auto) -> void* { return nullptr; };
    return changed;
  }();
  reader->fn = &functions;
  return reader;
}

Reply read_reply(const redisReply& from) {
  Reply reply;
  const std::string_view text =
      from.str == nullptr ? std::string_view() : std::string_view(from.str, from.len);
  switch (from.type) {
    case REDIS_REPLY_STRING:
      reply.kind = Reply::Kind::text;
      reply.text = text.substr(0, most_text);
      reply.bytes = text.size();
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::number;
      reply.number = from.integer;
      break;
    case REDIS_REPLY_NIL:
      reply.kind = Reply::Kind::nothing;
      break;
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::status;
      break;
    case REDIS_REPLY_ERROR: {
      // Its code: the sentence behind it may repeat what it was asked.
      reply.kind = Reply::Kind::error;
      constexpr std::size_t most_code = 32;
      const auto parts = words(text);
      reply.text =
          parts.empty() ? "error" : in_one_line(std::string(parts[0].substr(0, most_code)));
      break;
    }
    default:
      break;
  }
  return reply;
}

}  // namespace

std::string resp_command(const std::vector<std::string>& words) {
  std::vector<const char*> arguments;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    arguments.push_back(word.data());
    lengths.push_back(word.size());
  }
  char* formatted = nullptr;
  const int length = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                            arguments.data(), lengths.data());
  if (length < 0) return {};  // no memory
  std::string command(formatted, static_cast<std::size_t>(length));
  redisFreeCommand(formatted);
  return command;
}

void RespConnection::FreeReader::operator()(redisReader* reader) const { redisReaderFree(reader); }

RespConnection::RespConnection(Socket socket)
    : socket_(std::move(socket)), reader_(reader_without_arrays()), buffer_(buffer_bytes) {}

Result<RespConnection> RespConnection::open(const Url& url, const std::vector<Resolve>& resolves,
                                            std::chrono::nanoseconds timeout, const GoesOn& goes_on,
                                            ConnectionTimes& times) {
  BYTEPATH_TRY(socket, Socket::connect(url, resolves, timeout, goes_on, times));
  return RespConnection(std::move(socket));
}

Result<> RespConnection::send(std::string_view commands, Clock::time_point deadline) {
  return socket_.send(commands, deadline);
}

Result<Reply> RespConnection::receive(Clock::time_point deadline) {
  std::size_t received = 0;
  while (true) {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) return failed("no RESP reply");
    if (raw != nullptr) {
      auto* reply = static_cast<redisReply*>(raw);
      Reply out = read_reply(*reply);
      freeReplyObject(reply);
      return out;
    }
    // A reply that comes in drops never lets the socket wait for long enough to ask.
    if (received > 0 && !socket_.goes_on()) return failed("interrupted");
    BYTEPATH_TRY(bytes, socket_.receive(buffer_, deadline));
    received += bytes;
    if (received > most_reply_bytes) return failed("a reply of more than 64 MiB");
    if (redisReaderFeed(reader_.get(), buffer_.data(), bytes) != REDIS_OK)
      return failed("no RESP reply");
  }
}

bool RespConnection::has_more() const { return reader_->pos < reader_->len; }

Result<Reply> RespConnection::ask(const std::vector<std::string>& words,
                                  Clock::time_point deadline) {
  if (auto sent = send(resp_command(words), deadline); !sent)
    return std::unexpected(std::move(sent).error());
  return receive(deadline);
}

}  // namespace bytepath::net
#endif

#include <optional>

#include "base/text.h"
#include "net/server.h"
#ifdef BYTEPATH_HAS_HIREDIS
#include "net/header_list.h"
#include "net/resp_connection.h"
#include "stats/random.h"
#endif

// A server that speaks RESP: GETs of a key that is there and of one that is not, in turn.
namespace bytepath::net {

#ifndef BYTEPATH_HAS_HIREDIS
Result<std::unique_ptr<Server>> make_resp_server(const Url& url, const Options&, GoesOn) {
  return fail(ErrorKind::unsupported,
              fmt::format("{}: this tier-probe was built without hiredis", url.shown()),
              "install libhiredis-dev and build again");
}
#else
namespace {

std::unexpected<Error> refuse(const Url& url, const std::string& why, std::string hint) {
  return fail(ErrorKind::unsupported, fmt::format("{}: {}", url.shown(), why), std::move(hint));
}

// What stands behind the name in INFO.
std::string info_field(std::string_view info, std::string_view name) {
  for (const auto line : split(info, '\n')) {
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':')
      return shortened(line.substr(name.size() + 1));
  }
  return {};
}

// Each of them keeps the field redis_version for old clients; so the others are asked for first.
std::string software_of(std::string_view info) {
  for (const auto& [field, name] :
       {std::pair{"valkey_version", "valkey"}, std::pair{"garnet_version", "garnet"},
        std::pair{"dragonfly_version", "dragonfly"}, std::pair{"keydb_version", "keydb"},
        std::pair{"redis_version", "redis"}}) {
    if (const auto version = info_field(info, field); !version.empty())
      return fmt::format("{} {}", name, version);
  }
  return {};
}

class RespServer final : public Server {
 public:
  RespServer(Url url, const Options& options, GoesOn goes_on)
      : url_(std::move(url)),
        options_(options),
        goes_on_(std::move(goes_on)),
        random_(options.seed) {
    facts_.protocol = "RESP";
  }

  Result<> open() override;
  bool takes_pipelines() const override { return true; }
  ConnectionTimes connect_once() override;
  void ask(std::size_t count, std::vector<Answer>& answers) override;
  const ServerFacts& facts() const override { return facts_; }

 private:
  Clock::time_point deadline() const { return Clock::now() + options_.timeout; }
  Result<> connect();
  Result<> log_in();
  Result<> find_missing_key();
  Result<> look_for_key();
  void receive(std::size_t count, Clock::time_point sent, std::vector<Answer>& answers);

  Url url_;
  const Options& options_;
  GoesOn goes_on_;
  stats::Random random_;
  ServerFacts facts_;
  std::optional<RespConnection> connection_;
  std::string missing_;
  bool has_key_ = false;
  bool ask_missing_ = false;  // next
};

Result<> RespServer::connect() {
  ConnectionTimes unused;
  auto opened = RespConnection::open(url_, options_.resolves, options_.timeout, goes_on_, unused);
  if (!opened) return std::unexpected(std::move(opened).error());
  connection_ = *std::move(opened);
  facts_.address = connection_->address();
  return log_in();
}

Result<> RespServer::log_in() {
  if (!url_.password.empty() || !url_.user.empty()) {
    std::vector<std::string> words{"AUTH", url_.password};
    if (!url_.user.empty()) words.insert(words.begin() + 1, url_.user);
    BYTEPATH_TRY(reply, connection_->ask(words, deadline()));
    if (reply.kind == Reply::Kind::error) {
      return fail(ErrorKind::denied, fmt::format("refuses the user or password ({})", reply.text),
                  "redis://USER:PASSWORD@HOST, each with % for what a URL cannot hold");
    }
  }
  if (url_.number != 0) {
    BYTEPATH_TRY(reply, connection_->ask({"SELECT", std::to_string(url_.number)}, deadline()));
    if (reply.kind == Reply::Kind::error) {
      return fail(ErrorKind::unsupported,
                  fmt::format("has no database {} ({})", url_.number, reply.text),
                  "leave out the number behind the host");
    }
  }
  return {};
}

// One that no one has. It begins as the given one, for users that may read only such keys; in a
// cluster it is one that this node would have.
Result<> RespServer::find_missing_key() {
  constexpr int most_tries = 200;
  const auto until = deadline();
  for (int i = 0; i < most_tries; ++i) {
    missing_ = fmt::format("{}:no-such-key:{:016x}{:016x}", options_.key.value_or("bytepath"),
                           random_.next(), random_.next());
    BYTEPATH_TRY(reply, connection_->ask({"GET", missing_}, until));
    if (reply.kind == Reply::Kind::nothing) return {};
    if (reply.kind != Reply::Kind::error) break;
    if (reply.text == "NOAUTH")
      return fail(ErrorKind::denied, "wants a password (NOAUTH)", "redis://USER:PASSWORD@HOST");
    if (reply.text == "NOPERM") {
      return fail(ErrorKind::denied, "does not let this user GET such a key (NOPERM)",
                  "--key of one that the user may read: the one that is missing begins alike");
    }
    if (reply.text != "MOVED") {
      return fail(ErrorKind::unsupported, fmt::format("answers GET with {}", reply.text),
                  "does redis-cli get an answer?");
    }
  }
  return fail(ErrorKind::unsupported, "does not answer GET of a key that nobody has with nothing",
              "is it a server that speaks RESP?");
}

Result<> RespServer::look_for_key() {
  const auto without = [this](std::string reason, std::string remedy) {
    facts_.not_measured.push_back({.what = fmt::format("hits of {}", url_.shown()),
                                   .reason = std::move(reason),
                                   .remedy = std::move(remedy)});
  };
  if (!options_.key) {
    without("no key was given, and none is written", "--key of one that is there");
    return {};
  }
  BYTEPATH_TRY(reply, connection_->ask({"GET", *options_.key}, deadline()));
  has_key_ = reply.kind == Reply::Kind::text;
  if (reply.kind == Reply::Kind::nothing) {
    without(fmt::format("there is no key '{}', and none is written", *options_.key),
            "--key of one that is there");
  } else if (!has_key_) {
    const std::string why = reply.kind == Reply::Kind::error ? reply.text : "no string";
    without(fmt::format("GET of the key '{}' is answered with {}", *options_.key, why),
            why == "MOVED" ? "ask the node of the cluster that has it" : "--key of a string");
  }
  return {};
}

Result<> RespServer::open() {
  const auto explained = [this](const Result<>& done) -> Result<> {
    if (done) return {};
    const Error& error = done.error();
    const auto kind = error.kind == ErrorKind::denied ? error.kind : ErrorKind::unsupported;
    return fail(
        kind, fmt::format("{}: {}", url_.shown(), error.message),
        error.hint.empty() ? "does the server run, and speak RESP on that port?" : error.hint);
  };
  if (auto done = connect(); !done) return explained(done);
  if (auto done = find_missing_key(); !done) return explained(done);
  if (auto done = look_for_key(); !done) return explained(done);
  if (auto info = connection_->ask({"INFO", "server"}, deadline()); info) {
    facts_.software = software_of(info->text);
  } else {
    connection_.reset();  // what comes late would be taken for the answer to a GET
  }
  return {};
}

ConnectionTimes RespServer::connect_once() {
  ConnectionTimes times;
  const auto opened = Socket::connect(url_, options_.resolves, options_.timeout, goes_on_, times);
  if (!opened) times.error = opened.error().message;
  return times;
}

// Replies come in the order of the commands; after an error nobody knows which belongs to which.
void RespServer::receive(std::size_t count, Clock::time_point sent, std::vector<Answer>& answers) {
  const auto until = sent + options_.timeout;
  for (std::size_t i = 0; i < count; ++i) {
    auto reply = connection_->receive(until);
    Answer answer{.evidence = "reply", .end = Clock::now()};
    answer.service = answer.end - sent;
    if (!reply) {
      answer.error = reply.error().message;
      answers.insert(answers.end(), count - i, answer);
      connection_.reset();
      return;
    }
    if (reply->kind == Reply::Kind::text) {
      answer.tier = "hit";
      answer.bytes = reply->bytes;
    } else if (reply->kind == Reply::Kind::nothing) {
      answer.tier = "miss";
    } else {
      answer.error = reply->kind == Reply::Kind::error ? fmt::format("answered {}", reply->text)
                                                       : "no reply to GET";
    }
    answers.push_back(std::move(answer));
  }
  if (connection_->has_more()) {
    answers.back().error = "more replies than questions";
    connection_.reset();
  }
}

void RespServer::ask(std::size_t count, std::vector<Answer>& answers) {
  const bool missing = !has_key_ || ask_missing_;
  ask_missing_ = !ask_missing_;
  const std::string one = resp_command({"GET", missing ? missing_ : *options_.key});
  std::string commands;
  for (std::size_t i = 0; i < count; ++i) commands += one;
  const auto failed = [&](const Error& error) {
    connection_.reset();
    answers.insert(answers.end(), count, {.end = Clock::now(), .error = error.message});
  };
  if (!connection_) {
    if (auto done = connect(); !done) return failed(done.error());
    ++facts_.reconnections;
  }
  const auto sent = Clock::now();
  if (auto done = connection_->send(commands, sent + options_.timeout); !done)
    return failed(done.error());
  receive(count, sent, answers);
}

}  // namespace

Result<std::unique_ptr<Server>> make_resp_server(const Url& url, const Options& options,
                                                 GoesOn goes_on) {
  if (url.scheme == Scheme::rediss) {
    return refuse(url, "TLS to RESP servers is not built in",
                  "redis:// through a TLS tunnel such as stunnel");
  }
  return std::make_unique<RespServer>(url, options, std::move(goes_on));
}
#endif

}  // namespace bytepath::net

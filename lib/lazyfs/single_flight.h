#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <condition_variable>

namespace bytepath::lazyfs {

// Of several threads that want the same at once one gets it, and the others wait for it.
template <class T>
class SingleFlight {
 public:
  struct Outcome {
    std::shared_ptr<const T> value;
    bool joined;  // another thread got it
  };

  // `get` is called in this thread, unless another one is at it for the same key.
  Outcome run(const std::string& key, const std::function<T()>& get) {
    std::unique_lock lock(mutex_);
    if (const auto found = flights_.find(key); found != flights_.end()) {
      const auto flight = found->second;
      landed_.wait(lock, [&] { return flight->value != nullptr; });
      return {.value = flight->value, .joined = true};
    }
    const auto flight = std::make_shared<Flight>();
    flights_.emplace(key, flight);
    lock.unlock();
    auto value = std::make_shared<const T>(get());
    lock.lock();
    flight->value = value;
    flights_.erase(key);
    lock.unlock();
    landed_.notify_all();
    return {.value = std::move(value), .joined = false};
  }

 private:
  struct Flight {
    std::shared_ptr<const T> value;
  };
  std::mutex mutex_;
  std::condition_variable landed_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace bytepath::lazyfs

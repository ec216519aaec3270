#include <bb/host/redirect_listener.hpp>

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/host/clock.hpp>

namespace bb::host {
namespace {

constexpr std::size_t path_bytes = 16;
constexpr std::size_t thread_count = 2;
constexpr int io_seconds_max = 2;
constexpr std::size_t body_bytes_max = 4096;
constexpr const char* page =
    "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Signed in</title>"
    "<p>You may close this page: the run goes on.</p></html>";

}  // namespace

struct RedirectListener::Impl {
  httplib::Server server;
  std::thread thread;
  std::string origin, address;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<std::string> came;  // under `mutex`

  ~Impl() {
    server.stop();
    if (thread.joinable()) thread.join();
  }

  void note(const std::string& target) {
    const std::scoped_lock lock(mutex);
    if (came) return;  // the first counts
    came = origin + target;
    changed.notify_all();
  }
};

RedirectListener::RedirectListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RedirectListener::~RedirectListener() = default;
const std::string& RedirectListener::address() const { return impl_->address; }

Result<std::unique_ptr<RedirectListener>> RedirectListener::open() {
  auto impl = std::make_unique<Impl>();
  const auto path = "/" + random_token(path_bytes);
  impl->server.new_task_queue = [] { return new httplib::ThreadPool(thread_count); };  // the server's own
  impl->server.set_keep_alive_max_count(1);
  impl->server.set_read_timeout(io_seconds_max, 0);
  impl->server.set_write_timeout(io_seconds_max, 0);
  impl->server.set_payload_max_length(body_bytes_max);
  impl->server.Get(path, [impl = impl.get()](const httplib::Request& request, httplib::Response& response) {
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("Cache-Control", "no-store");
    response.set_content(page, "text/html; charset=utf-8");
    impl->note(request.target);
  });
  const int port = impl->server.bind_to_any_port("127.0.0.1");
  if (port <= 0) return Error{"no address of this machine is free for a browser to come back to"};
  impl->origin = "http://127.0.0.1:" + std::to_string(port);
  impl->address = impl->origin + path;
  impl->thread = std::thread([impl = impl.get()] { impl->server.listen_after_bind(); });
  // stop() of a server that does not run yet does nothing.
  while (!impl->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return std::unique_ptr<RedirectListener>(new RedirectListener(std::move(impl)));
}

std::optional<std::string> RedirectListener::wait(std::int64_t timeout_ms, const Cancellation* cancellation) {
  // The mutex, so that the word is not said between the look and the wait.
  const auto registration = cancellation == nullptr ? nullptr : cancellation->on_cancel([this] {
    const std::scoped_lock lock(impl_->mutex);
    impl_->changed.notify_all();
  });
  const auto is_cancelled = [&] { return cancellation != nullptr && cancellation->is_cancelled(); };
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                          [&] { return impl_->came.has_value() || is_cancelled(); });
  return impl_->came;
}

}  // namespace bb::host

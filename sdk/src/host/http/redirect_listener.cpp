#include <bb/host/redirect_listener.hpp>

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/host/clock.hpp>

#include "url.hpp"

namespace bb::host {
namespace {

constexpr std::size_t path_bytes = 16;
constexpr std::size_t thread_count = 2;
constexpr int io_seconds_max = 2;
constexpr std::size_t body_bytes_max = 4096;
constexpr const char* page =
    "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Signed in</title>"
    "<p>You may close this page: the run goes on.</p></html>";

constexpr const char* foreign_page =
    "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Another sign-in</title>"
    "<p>This is the way back of another sign-in. It was not taken: sign in from the page that this run "
    "opened.</p></html>";

struct Place {
  std::string host = "127.0.0.1";
  int port = 0;  // of the kernel's choice
  std::string path;
};

Result<Place> read_place(std::string_view registered) {
  if (registered.empty()) return Place{.path = "/" + random_token(path_bytes)};
  const auto url = parse_url(registered);
  const auto authority = registered.substr(0, registered.find('/', std::string_view("http://").size()));
  const bool is_here = url && !url->is_tls && (url->host == "127.0.0.1" || url->host == "localhost");
  // The library's routes are regular expressions, and a query would be the system's own.
  const auto is_plain = [](char c) { return std::string_view("?#*+()[]{}|^$\\").find(c) == std::string_view::npos; };
  if (!is_here || !std::all_of(registered.begin(), registered.end(), is_plain))
    return Error{"'" + std::string(registered) +
                 "' is no redirect URI of this machine: expected http://127.0.0.1/PATH or "
                 "http://127.0.0.1:PORT/PATH"};
  const bool has_port = authority.find(':', std::string_view("http://").size()) != std::string_view::npos;
  return Place{url->host, has_port ? url->port : 0, url->target};
}

// Sign-ins of one kind have states of one length; a state that a system has changed is the connector's to tell.
bool is_foreign(const std::string& came, const std::string& own) {
  return !own.empty() && came.size() == own.size() && !equal_constant_time(came, own);
}

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

Status RedirectListener::check(std::string_view registered) {
  BB_TRY([[maybe_unused]] const auto place, read_place(registered));
  return {};
}

Result<std::unique_ptr<RedirectListener>> RedirectListener::open(std::string_view registered, std::string_view state) {
  BB_TRY(const auto place, read_place(registered));
  auto impl = std::make_unique<Impl>();
  impl->server.new_task_queue = [] { return new httplib::ThreadPool(thread_count); };  // the server's own
  // The library's own options let another process listen at the same port (SO_REUSEPORT).
  impl->server.set_socket_options([](int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  impl->server.set_keep_alive_max_count(1);
  impl->server.set_read_timeout(io_seconds_max, 0);
  impl->server.set_write_timeout(io_seconds_max, 0);
  impl->server.set_payload_max_length(body_bytes_max);
  // A path that can be guessed is visited by others too.
  impl->server.Get(place.path, [impl = impl.get(), is_guessable = !registered.empty(), own = std::string(state)](
                                   const httplib::Request& request, httplib::Response& response) {
    const bool is_own = !is_foreign(request.get_param_value("state"), own);
    response.status = is_own ? 200 : 409;
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("Cache-Control", "no-store");
    response.set_content(is_own ? page : foreign_page, "text/html; charset=utf-8");
    if (is_own && (!is_guessable || !request.params.empty())) impl->note(request.target);
  });
  int port = place.port;
  if (port == 0)
    port = impl->server.bind_to_any_port("127.0.0.1");
  else if (!impl->server.bind_to_port("127.0.0.1", port))
    return Error{"port " + std::to_string(port) +
                 " of the redirect URI is taken on this machine, by another run perhaps"};
  if (port <= 0) return Error{"no address of this machine is free for a browser to come back to"};
  impl->origin = "http://" + place.host + ":" + std::to_string(port);
  impl->address = impl->origin + place.path;
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

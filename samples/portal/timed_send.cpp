#include "portal/timed_send.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace bb::portal {

void verify_server(httplib::SSLClient& client, const std::string& trust_file) {
  client.set_ca_cert_path(trust_file);
  client.enable_server_certificate_verification(true);
  client.set_tcp_nodelay(true);
  client.set_url_encode(false);
}

httplib::Result send_within(httplib::ClientImpl& client, const httplib::Request& request,
                            std::chrono::milliseconds time_max) {
  client.set_connection_timeout(time_max);
  client.set_read_timeout(time_max);
  client.set_write_timeout(time_max);
  std::mutex mutex;
  std::condition_variable done;
  bool is_done = false;
  std::thread watch([&] {
    std::unique_lock lock(mutex);
    if (!done.wait_for(lock, time_max, [&] { return is_done; })) client.stop();
  });
  auto result = client.send(request);
  {
    const std::lock_guard lock(mutex);
    is_done = true;
  }
  done.notify_all();
  watch.join();
  return result;
}

}  // namespace bb::portal

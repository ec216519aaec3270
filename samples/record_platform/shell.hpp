// shell.hpp - the platform's pages: a person signs in, says yes or no, and goes back to where they came from.
//
// Plain HTML without scripts: a program reads and fills in the forms as a browser does.
// What the forms are called: docs/reference/record-platform.md.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <bb/core/time.hpp>
#include <bb/healthvault/shell.hpp>

#include "record_platform/call.hpp"
#include "web/http_message.hpp"
#include "web/sign_in_guard.hpp"

namespace bb::record_platform {

class Shell {
 public:
  Shell(const World& world, Database& database, std::string password_base)
      : world_(world), database_(database), password_base_(std::move(password_base)), guard_(monotonic_ns) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request, std::int64_t now_ns);

 private:
  struct Session {
    std::string person_id, account, name;
    std::string csrf;
    std::int64_t expires_ns = 0;
  };
  // What a page is about, beside who looks at it.
  struct Visit;

  web::HttpResponse sign_in(const web::HttpRequest& request, std::int64_t now_ns);
  web::HttpResponse show(Visit& visit);
  web::HttpResponse decide(Visit& visit);
  std::optional<Session> session_of(const web::HttpRequest& request, std::int64_t now_ns);

  const World& world_;
  Database& database_;
  std::string password_base_;
  web::SignInGuard guard_;
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;  // by the hash of their token
};

}  // namespace bb::record_platform

// running_portal.hpp - the real program as a child process, and people who use it.
#pragma once

#include <httplib.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/process.hpp>
#include <bb/core/value.hpp>

#include "support/temporary_folder.hpp"

namespace bb::portal_test {

// A folder that goes with its owner.
class TemporaryFolder : public test::TemporaryFolder {
 public:
  // Folders in the name are made.
  void write(const std::string& name, const std::string& text) const;
};

// alice and bob are patients (bob's name is not ASCII, mallory's is markup),
// carol is alice's caregiver, ruth was.
void write_sample_records(const TemporaryFolder& folder);

std::filesystem::path portal_program();

class RunningPortal {
 public:
  // With the sample records.
  explicit RunningPortal(std::vector<std::string> arguments = {});
  RunningPortal(const std::filesystem::path& records, std::vector<std::string> arguments);

  const Value& ready() const { return ready_; }
  std::string url() const { return ready_["url"].string_or(""); }
  std::string ca_file() const { return ready_["ca_file"].string_or(""); }
  std::filesystem::path temporary() const { return temporary_.path(); }  // its TMPDIR
  ChildProcess& process() { return *process_; }
  // Verifies the certificate against ca_file().
  httplib::Client client() const;

 private:
  void start(const std::filesystem::path& records, std::vector<std::string> arguments);
  TemporaryFolder records_;
  TemporaryFolder temporary_;
  std::optional<ChildProcess> process_;
  Value ready_;
};

// A program that signed in (or, with an empty account, did not).
class ApiUser {
 public:
  ApiUser(const RunningPortal& portal, const std::string& account, const std::string& acting_for = "");

  httplib::Result get(const std::string& path) { return client_.Get(path, headers_); }
  httplib::Result del(const std::string& path) { return client_.Delete(path, headers_); }
  httplib::Result post(const std::string& path, const std::string& json, const std::string& idempotency_key = "");
  Value json(const std::string& path);  // of a 200; otherwise a test failure and null
  std::string text(const std::string& path);
  // With a key of its own unless one is given.
  Value share(const std::string& patient, const std::string& to, std::string key = "");
  std::string fresh_inbox();
  httplib::Client& client() { return client_; }

 private:
  httplib::Client client_;
  httplib::Headers headers_;
};

// A person with a browser: cookies, and the hidden token of the last form.
class Browser {
 public:
  explicit Browser(const RunningPortal& portal) : client_(portal.client()) {}

  httplib::Result get(const std::string& path);
  httplib::Result post(const std::string& path, const httplib::Params& fields);
  // Through the sign-in page, with the token of its form.
  httplib::Result sign_in(const std::string& account, const std::string& password);
  const std::string& token() const { return token_; }
  std::string cookies() const;

 private:
  httplib::Result remember(httplib::Result answer);
  httplib::Client client_;
  std::map<std::string, std::string> cookies_;
  std::string token_;
};

inline std::string password_of(const std::string& account) { return "blue-button-" + account; }
std::string body_of(const httplib::Result& answer);
int status_of(const httplib::Result& answer);              // 0 = no answer
std::string error_code_of(const httplib::Result& answer);  // of the JSON error
std::string path_of(const std::string& url);               // "/inbox/..."
Value parsed(const std::string& json);

// Asks until it holds, at most ten seconds.
bool eventually(const std::function<bool()>& holds);

}  // namespace bb::portal_test

// health_links/health_links.hpp - SMART Health Links of the sample portal: a patient makes one, whoever has it opens
// it.
//
// Source: SMART Health Links 1.0. In memory alone; docs/reference/portal-health-links.md.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/holder.hpp"

namespace bb::portal::health_links {

inline constexpr std::size_t label_characters_max = 80;
inline constexpr int passcode_attempts_max = 5;  // wrong ones in a link's whole life
inline constexpr std::size_t links_max = 1'000, tickets_max = 1'000;

// Safe to use from many threads.
class HealthLinks {
 public:
  HealthLinks(DataHolder& holder, std::string base_url) : holder_(holder), base_url_(std::move(base_url)) {}

  struct Wish {
    std::string flags;  // of L, P and U, in any order
    std::string label, passcode;
  };
  // {"id", "link"}; the error says what of the wish a link cannot have.
  [[nodiscard]] Result<Value> create(const Session& session, const std::string& patient, const Wish& wish);
  // false: the patient has no such link.
  bool revoke(const std::string& patient, const std::string& id);

  struct Answer {
    int status = 200;
    Value value = {};       // of a manifest, or of a refusal
    std::string file = {};  // JWE, where it is not empty
  };
  // What POST at a link's address is answered with. `embedded_max`: bytes of a file in the answer; none: any.
  Answer manifest(const std::string& token, const std::string& recipient, const std::string& passcode,
                  std::optional<std::int64_t> embedded_max);
  // What GET there is: the file of a link with the flag U; 404 for any other.
  Answer direct_file(const std::string& token, const std::string& recipient);
  Answer file(const std::string& token, const std::string& ticket);

 private:
  struct Link {
    std::string id, patient, token, key, flags, passcode;
    Session session;  // of who made it
    int attempts_left = passcode_attempts_max;
    bool is_active = true;
    bool has_flag(char letter) const { return flags.find(letter) != std::string::npos; }
  };
  struct Ticket {
    std::string token, jwe;
    std::int64_t expires_ns = 0;
  };
  struct Content {
    std::string media_type, bytes;
  };

  Link* find_active(const std::string& token);
  std::vector<Content> contents(const Link& link);
  std::string encrypted(const Link& link, const Content& content) const;
  std::string new_ticket(const Link& link, std::string jwe);
  bool is_on(Defect defect) const { return holder_.defects().is_on(defect); }

  DataHolder& holder_;
  std::string base_url_;
  std::mutex mutex_;
  std::vector<Link> links_;
  std::map<std::string, Ticket> tickets_;
};

}  // namespace bb::portal::health_links

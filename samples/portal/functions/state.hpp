// functions/state.hpp - the database of the portal's functions: its tables, and what a sample portal begins with.
//
// Everything is kept as of one portal's life: the file lies in its temporary folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

#include "storage/database.hpp"

namespace bb::portal::functions {

using storage::Transaction;

// Makes the file; each patient has prescriptions and an appointment that is over, the clinic has free times.
[[nodiscard]] Result<std::unique_ptr<storage::Database>> make_state(const std::filesystem::path& file,
                                                                    const std::vector<std::string>& patients);

// What an idempotency key gave before: the id, and whether the request was the same.
struct Repeated {
  std::string id;
  bool is_same = false;
};
// Keys are a person's own. Nothing: the key is new.
std::optional<Repeated> find_key(Transaction& t, const std::string& account, const std::string& key,
                                 const std::string& fingerprint);
void keep_key(Transaction& t, const std::string& account, const std::string& key, const std::string& fingerprint,
              const std::string& id);

}  // namespace bb::portal::functions

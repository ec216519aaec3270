// bb/healthvault/package.hpp - things that wait to be picked up, encrypted under the answer to a question.
//
// A package goes out with CreateConnectPackage; whoever picks it up types the answer, and nobody between them can read
// it. The schema names three algorithms. `hmac-sha1-3des` is written and opened here, the way the published .NET
// client's documentation tells it: a key of 192 bits and an initial value of 64 of PBKDF2 (RFC 8018, with HMAC-SHA-1)
// from the answer in lower case and the salt's characters; an HMAC-SHA-1 of the contents, keyed by the salt, before
// them; triple DES in CBC; ISO 10126 padding. `hmac-sha256-aes256` of that client is Rijndael with blocks of 256 bits,
// which is no AES and in no library at hand: it is told as such and not opened. `none` is not encrypted and has nothing
// to open.
//
// Source: the schema of the type, the catalogue's row HV-CONN-08, and the client's documentation. SHA-1 and triple DES
// are the protocol's: a package is as safe as its answer is hard to guess, and the code that fetches it secret.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/thing.hpp>

namespace bb::healthvault {

inline constexpr std::string_view package_type_id = "c9287326-bb43-4194-858c-8b60768f000f";
inline constexpr std::size_t package_answer_characters_min = 6;

// A thing of package_type_id with `things` inside, for CreateConnectPackage::Request::package. The error is of an
// answer that is shorter than 6 characters or not ASCII (of other letters clients make lower case differently), and of
// no things.
[[nodiscard]] Result<Thing> seal_package(const std::vector<Thing>& things, std::string_view answer);

struct OpenedPackage {
  enum class Outcome {
    opened,        // `things` are there
    wrong_answer,  // or the contents were changed: one is not told from the other
    not_opened,    // not encrypted, without contents, or by an algorithm that is not opened here: `what`
    broken,        // `what` says where it is not what its type has to be
  };
  Outcome outcome = Outcome::broken;
  std::vector<Thing> things = {};
  std::string what = {};  // lower case; holds nothing of the contents
};

// Bounded: at most 1,000,000 iterations are made. The contents stand in the unnamed blob, inline.
OpenedPackage open_package(const Thing& package, std::string_view answer);

}  // namespace bb::healthvault

// bb/direct/message.hpp - Direct messages: seal one, and look through the layers of
// one that came.
//
// A sealed message is encrypted; inside stands multipart/signed, whose first part
// wraps the message that the sender wrote. Each layer can be made alone, so that
// messages that a receiver has to refuse can be made too.
// Sources: Applicability Statement for Secure Health Transport 1.2, sections 2
// and 3; RFC 8551; requirements DIRECT-MSG and DIRECT-ALG.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/cms.hpp>
#include <bb/direct/entity.hpp>

namespace bb::direct {

// All below take and give lines that end in CRLF.

// message/rfc822 around a whole message (DIRECT-MSG-02).
std::string wrap(std::string_view message);
// The MIME header fields and body of a message, the rest of its header left out:
// what is signed where nothing is wrapped.
[[nodiscard]] Result<std::string> unwrapped(std::string_view message);
// multipart/signed over an entity (DIRECT-MSG-07).
[[nodiscard]] Result<std::string> signed_entity(std::string_view entity, const Identity& signer,
                                                const SignOptions& options = {});
// The same with a signature made before; `micalg` is what the header says.
std::string signed_entity(std::string_view entity, std::string_view signature_der, std::string_view micalg);
// application/pkcs7-mime around a signature that holds what it signs (RFC 8551, 3.5.2): SignOptions not `is_detached`.
std::string opaque_entity(std::string_view signature_der);
// application/pkcs7-mime around an entity (DIRECT-MSG-08).
[[nodiscard]] Result<std::string> encrypted_entity(std::string_view entity, const std::vector<Certificate>& recipients,
                                                   const EncryptOptions& options = {});
std::string encrypted_entity(std::string_view envelope_der);
// An entity as a message: with the fields that routing needs alone, taken from the
// header of `message`; never its subject (DIRECT-MSG-04).
[[nodiscard]] Result<std::string> addressed(std::string_view entity, std::string_view message);

struct SealOptions {
  SignOptions sign = {};
  EncryptOptions encrypt = {};
  bool is_wrapped = true;
};
// All of it in order: wrapped, signed, encrypted, addressed.
[[nodiscard]] Result<std::string> seal(std::string_view message, const Identity& sender,
                                       const std::vector<Certificate>& recipients, const SealOptions& options = {});

// The word of micalg for a digest: "sha-256" (RFC 8551, 3.5.3.2).
std::string_view micalg_of(Digest digest);

enum class Encryption { none, opened, closed };  // closed: with no key at hand, or damaged

// The layers of a message, as far as the keys open them.
struct Layers {
  Encryption encryption = Encryption::none;
  std::optional<Envelope> envelope;      // where the encrypted part can be read
  std::optional<std::size_t> opened_by;  // the number of the key
  bool has_key = false;                  // it is for one of the keys: where it stays closed, it is damaged
  std::string why_closed;
  std::string opened;  // what was encrypted, as it came

  bool is_signed = false;
  bool is_detached = true;              // multipart/signed; else application/pkcs7-mime
  std::string micalg;                   // what the header says, lower case
  std::optional<SignedData> signature;  // where it can be read
  std::string why_unsigned;             // where it cannot
  std::string signed_bytes;             // what was signed, as it came
  bool is_signed_canonical = true;      // those bytes have CRLF line ends throughout

  bool is_wrapped = false;
  std::string message;  // the innermost message; empty where closed
};

// The error is of bytes that are no message.
[[nodiscard]] Result<Layers> look_through(std::string_view message, const std::vector<Identity>& keys);

}  // namespace bb::direct

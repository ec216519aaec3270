// A Direct message is opened with keys, judged and read, whatever any of its layers says. The
// first byte of an input tells at which layer the rest enters: those outside are made around it,
// encrypted for who opens it and, below the signature, signed by who is trusted. So what lies
// behind the encryption, which no random bytes pass, meets bytes from outside too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/direct/reception.hpp>

#include "harness/documents/inputs.hpp"
#include "harness/documents/kind_mail.hpp"
#include "harness/documents/rules.hpp"

namespace {

using namespace bb::direct;

constexpr std::int64_t judged_at = 1'800'000'000;  // 2027-01-15; the certificates last much longer
constexpr std::string_view header =
    "From: <alice@direct.example.org>\r\nTo: <bob@direct.example.net>\r\nSubject: summary\r\n"
    "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\nMessage-ID: <1@direct.example.org>\r\nMIME-Version: 1.0\r\n";
constexpr std::string_view signed_content = "Content-Type: text/plain\r\n\r\nsigned\r\n";

template <class T>
T or_abort(bb::Result<T> result) {
  if (!result) std::abort();
  return std::move(result).value();
}

// Of tests/fuzz/cms, whose make.py makes them and the corpus.
std::string file(const char* name) {
  return or_abort(bb::read_text(std::string(BB_SOURCE_DIR "/tests/fuzz/cms/") + name));
}

struct People {
  Identity alice = or_abort(read_identity(file("alice.pem")));
  std::vector<Identity> keys{or_abort(read_identity(file("bob.pem"))), or_abort(read_identity(file("carol.pem")))};
  Address bob = or_abort(read_address("bob@direct.example.net"));
  ReceptionPolicy policy{{.anchors = {or_abort(Certificate::read(file("root.crt")))}, .at = judged_at}};
};

const People& people() {
  static const People made;
  return made;
}

std::string encrypted(std::string_view content) {
  return or_abort(addressed(or_abort(encrypted_entity(content, {people().keys[0].certificate})), header));
}

// The time that a signature says is fixed: the same input takes the same way.
constexpr SignOptions sign_options{.signed_at = judged_at};

std::string signed_and_encrypted(std::string_view part) {
  return encrypted(or_abort(signed_entity(part, people().alice, sign_options)));
}

struct Entered {
  std::string message;
  std::string part;    // what alice signed; empty: the input is the signature, or outside of it
  std::string letter;  // what she wrapped
};

Entered enter(int layer, const std::string& input) {
  switch (layer) {
    case 0:
      return {input, {}, {}};
    case 1:
      return {or_abort(addressed(encrypted_entity(input), header)), {}, {}};
    case 2:
      return {encrypted(input), {}, {}};
    case 3:
      return {encrypted(signed_entity(signed_content, input, "sha-256")), {}, {}};
    case 4:
      return {encrypted(opaque_entity(input)), {}, {}};
    case 5:
      return {signed_and_encrypted(input), input, {}};
    case 6:
      return {signed_and_encrypted(wrap(input)), wrap(input), input};
    default: {
      const auto letter = std::string(header) +
                          "Content-Type: application/zip; name=XDM.ZIP\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                          bb::base64_encode(input) + "\r\n";
      return {signed_and_encrypted(wrap(letter)), wrap(letter), letter};
    }
  }
}

bool has_good_signer(const Layers& layers) {
  if (!layers.signature) return false;
  for (const auto& signer : layers.signature->signers)
    if (signer.integrity == Integrity::good) return true;
  return false;
}

void read_letter(std::string_view letter) {
  const auto entity = read_entity(letter);
  if (!entity) return;
  static_cast<void>(read_notification(*entity));
  static_cast<void>(read_delivery_status(*entity));
  static_cast<void>(asked_of(*entity));
}

// As `check` does, with the keys: its view, its signature's and certificates' too, and what is attached.
void check(const std::string& message) {
  using namespace bb::documents;
  static const auto settings = [] {
    MailSettings with_keys;
    with_keys.keys = people().keys;
    with_keys.anchors = people().policy.trust.anchors;
    with_keys.at = judged_at;
    return std::make_shared<const MailSettings>(std::move(with_keys));
  }();
  static Rules rules(or_abort(Formats::read(BB_SOURCE_DIR "/conformance/documents/formats.yaml")),
                     or_abort(DataStore::open("/nonexistent")), Selection{.mail = settings}, nullptr);
  const auto look = look_at_mail(message, rules);
  if (!look.view && look.failure.empty()) std::abort();
  read_input(
      {.name = "fuzzed.eml", .bytes = std::make_shared<const std::string>(message)}, [](const Piece&) {}, *settings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr int layer_count = 8;
  const auto entered = enter(data[0] % layer_count, {reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto layers = look_through(entered.message, people().keys);
  if (layers) {
    const auto reception = receive(entered.message, *layers, people().bob, people().policy);
    // Nothing is taken that was not encrypted for us and signed by somebody trusted.
    if (reception.is_taken() && (layers->encryption != Encryption::opened || !has_good_signer(*layers) ||
                                 !reception.is_signer_trusted.value_or(false)))
      std::abort();
    // What was signed comes out as it went in, unless it is no MIME entity, with which nothing inside is.
    if (!entered.part.empty() && layers->encryption == Encryption::opened &&
        (!has_good_signer(*layers) || layers->signed_bytes != entered.part))
      std::abort();
    if (!entered.letter.empty() && layers->is_wrapped && layers->message != entered.letter) std::abort();
    read_letter(layers->message);
  }
  check(entered.message);
  return 0;
}

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/direct/message.hpp>

namespace bb::direct {
namespace {

// With the old names, which receivers take too (DIRECT-MSG-09).
bool is_pkcs7_mime(std::string_view type) {
  return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}
bool is_pkcs7_signature(std::string_view type) {
  return type == "application/pkcs7-signature" || type == "application/x-pkcs7-signature";
}

class Opener {
 public:
  explicit Opener(const std::vector<Identity>& keys) : keys_(keys) {}

  Result<Layers> open(std::string_view message) {
    BB_TRY(const auto outer, read_entity(message));
    Entity entity = outer;
    if (is_encrypted(outer)) {
      if (!decrypt_body(outer)) return std::move(layers_);
      auto inside = read_entity(content_);
      if (!inside) {
        layers_.encryption = Encryption::closed;
        layers_.why_closed = "what is inside is no MIME entity: " + inside.error().what;
        return std::move(layers_);
      }
      entity = *std::move(inside);
    }
    look_at_signature(entity);
    take_message(outer);
    layers_.opened = std::move(content_);
    return std::move(layers_);
  }

 private:
  static bool is_encrypted(const Entity& entity) {
    return is_pkcs7_mime(entity.type.value) && to_lower(entity.type.of("smime-type")) != "signed-data" &&
           !is_opaque(entity);
  }

  // Some leave smime-type out; then the bytes tell.
  static bool is_opaque(const Entity& entity) {
    if (!entity.type.of("smime-type").empty()) return false;
    const auto body = body_of(entity);
    return body && !inspect_envelope(*body) && verify(*body, std::nullopt);
  }

  bool decrypt_body(const Entity& entity) {
    layers_.encryption = Encryption::closed;
    const auto der = body_of(entity);
    if (!der) return close(der.error());
    auto envelope = inspect_envelope(*der);
    if (!envelope) return close(envelope.error());
    layers_.envelope = *std::move(envelope);
    const auto& recipients = layers_.envelope->recipients;
    layers_.has_key = std::any_of(keys_.begin(), keys_.end(), [&](const Identity& key) {
      return std::any_of(recipients.begin(), recipients.end(),
                         [&](const Recipient& recipient) { return is_of(recipient, key.certificate); });
    });
    auto opened = decrypt(*der, keys_);
    if (!opened) return close(opened.error());
    layers_.encryption = Encryption::opened;
    layers_.opened_by = opened->identity;
    content_ = std::move(opened->content);
    return true;
  }

  bool close(const Error& error) {
    layers_.why_closed = error.what;
    return false;
  }

  void look_at_signature(const Entity& entity) {
    if (entity.type.value == "multipart/signed") {
      layers_.is_signed = true;
      layers_.micalg = to_lower(entity.type.of("micalg"));
      look_at_detached(entity);
    } else if (is_pkcs7_mime(entity.type.value)) {
      layers_.is_signed = true;
      layers_.is_detached = false;
      look_at_opaque(entity);
    } else {
      layers_.signed_bytes = entity.bytes;  // of nobody
    }
  }

  void look_at_detached(const Entity& entity) {
    if (entity.parts.size() != 2) {
      layers_.why_unsigned =
          fmt::format("multipart/signed has {}; expected the content and its signature (RFC 1847, 2.1)",
                      counted(entity.parts.size(), "part"));
      if (!entity.parts.empty()) layers_.signed_bytes = entity.parts[0].bytes;
      return;
    }
    layers_.signed_bytes = entity.parts[0].bytes;
    layers_.is_signed_canonical = is_canonical(layers_.signed_bytes);
    const auto& part = entity.parts[1];
    if (!is_pkcs7_signature(part.type.value)) {
      layers_.why_unsigned =
          fmt::format("the second part is {}; expected application/pkcs7-signature", part.type.value);
      return;
    }
    const auto der = body_of(part);
    if (!der) {
      layers_.why_unsigned = der.error().what;
      return;
    }
    verify_over(*der, layers_.signed_bytes);
    // Stored by a program that keeps lines in its own way: judged in the form that was signed.
    if (!layers_.is_signed_canonical && !is_good()) {
      const auto as_it_came = layers_.signature;
      verify_over(*der, canonical(layers_.signed_bytes));
      if (!is_good()) layers_.signature = as_it_came;
    }
  }

  bool is_good() const {
    return layers_.signature && std::any_of(layers_.signature->signers.begin(), layers_.signature->signers.end(),
                                            [](const Signer& signer) { return signer.integrity == Integrity::good; });
  }

  void verify_over(std::string_view der, std::optional<std::string_view> bytes) {
    auto signature = verify(der, bytes);
    if (!signature)
      layers_.why_unsigned = signature.error().what;
    else if (signature->signers.empty())
      layers_.why_unsigned = "the signature has no signer";
    if (signature) layers_.signature = *std::move(signature);
  }

  void look_at_opaque(const Entity& entity) {
    const auto der = body_of(entity);
    if (!der) {
      layers_.why_unsigned = der.error().what;
      return;
    }
    verify_over(*der, std::nullopt);
    if (layers_.signature && layers_.signature->content) layers_.signed_bytes = *layers_.signature->content;
  }

  // Of a wrapped message that which was wrapped; else the header that came with the
  // entity that was inside.
  void take_message(const Entity& outer) {
    const auto entity = read_entity(layers_.signed_bytes);
    if (!entity) {
      layers_.why_unsigned = "what was signed is no MIME entity: " + entity.error().what;
      return;
    }
    layers_.is_wrapped = entity->type.value == "message/rfc822" || entity->type.value == "message/global";
    if (layers_.is_wrapped) {
      auto inner = body_of(*entity);
      if (inner) layers_.message = *std::move(inner);
      return;
    }
    if (layers_.encryption == Encryption::none && !layers_.is_signed) {
      layers_.message = outer.bytes;
      return;
    }
    for (const auto& field : outer.fields)
      if (!to_lower(field.name).starts_with("content-")) layers_.message += field.name + ":" + field.value + "\r\n";
    layers_.message += layers_.signed_bytes;
  }

  const std::vector<Identity>& keys_;
  Layers layers_;
  std::string content_;  // of the envelope
};

}  // namespace

Result<Layers> look_through(std::string_view message, const std::vector<Identity>& keys) {
  return Opener(keys).open(message);
}

}  // namespace bb::direct

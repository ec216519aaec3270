// pass_phrase_watch.hpp - whether OpenSSL asked somebody for a pass phrase, and PEM that makes it.
#pragma once

#include <openssl/ui.h>

#include <string>
#include <string_view>

namespace bb::test {

// While it lives, who is asked is this object and no terminal. One at a time.
class PassPhraseWatch {
 public:
  PassPhraseWatch() : method_(UI_create_method("watch")), before_(UI_get_default_method()) {
    count() = 0;
    UI_method_set_reader(method_, [](UI*, UI_STRING*) {
      ++count();
      return -1;
    });
    UI_set_default_method(method_);
  }
  ~PassPhraseWatch() {
    UI_set_default_method(before_);
    UI_destroy_method(method_);
  }
  PassPhraseWatch(const PassPhraseWatch&) = delete;
  PassPhraseWatch& operator=(const PassPhraseWatch&) = delete;

  bool was_asked() const { return count() > 0; }

 private:
  static int& count() {
    static int asked = 0;
    return asked;
  }

  UI_METHOD* method_;
  const UI_METHOD* before_;
};

// The PEM of `type` ("CERTIFICATE") that says it is encrypted (RFC 1421, 4.6.1.1).
inline std::string encrypted_pem(std::string_view type) {
  const std::string name(type);
  return "-----BEGIN " + name +
         "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n"
         "AAAAAAAAAAAAAAAAAAAAAA==\n-----END " +
         name + "-----\n";
}

}  // namespace bb::test

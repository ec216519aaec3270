// Apart from crypto.cpp: a connector's process wipes, and starts without OpenSSL.
#include <string.h>

#include <bb/core/crypto.hpp>

namespace bb {

void wipe(std::string& secret) {
  ::explicit_bzero(secret.data(), secret.capacity());
  secret.clear();
}

}  // namespace bb

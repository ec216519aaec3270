// bb/core/release.hpp - what a C library makes, owned.
#pragma once

namespace bb {

// A deleter that calls the function of the library that frees the object:
// std::unique_ptr<BIO, Release<BIO_free_all>>.
template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};

}  // namespace bb

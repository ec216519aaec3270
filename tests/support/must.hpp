// must.hpp - the value of what cannot fail in a test, or the end of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

#include <bb/core/result.hpp>

namespace bb::test {

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().what;
    std::abort();
  }
  return std::move(result).value();
}

}  // namespace bb::test

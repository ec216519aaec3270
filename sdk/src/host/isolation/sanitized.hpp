// sanitized.hpp - whether this is a build with a sanitizer that has a runtime
// of its own: it keeps shadow memory in a very large address space, reads /proc
// and takes options from the environment.
#pragma once

namespace bb::host {

// GCC defines macros, clang has features.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace bb::host

#pragma once

#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "common/error.h"

namespace amanuensis {

/** The last error of this thread. A plain array: it cannot fail, and needs no destructor when a thread ends. */
inline thread_local char last_error[2048] = "";

inline am_status remember(am_status status, const char *function, const char *message) noexcept {
  std::snprintf(last_error, sizeof last_error, "%s: %s", function, message);
  return status;
}

/** Runs the body of a C function; nothing but a status leaves it. */
template <typename Body>
am_status guarded(const char *function, Body &&body) noexcept {
  try {
    std::forward<Body>(body)();
    return AM_OK;
  } catch (const Error &error) {
    return remember(error.status(), function, error.what());
  } catch (const std::bad_alloc &) {
    return remember(AM_ERROR_MEMORY, function, "an allocation failed");
  } catch (const std::exception &error) {
    return remember(AM_ERROR_INTERNAL, function, error.what());
  } catch (...) {
    return remember(AM_ERROR_INTERNAL, function, "an unknown exception");
  }
}

template <typename... Pointers>
void require_not_null(const char *names, const Pointers *...pointers) {
  if (((pointers == nullptr) || ...)) {
    fail(AM_ERROR_ARGUMENT, "a null pointer; needed: ", names);
  }
}

inline void require_range(const char *name, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    fail(AM_ERROR_ARGUMENT, name, " is ", value, "; legal: ", least, " to ", most);
  }
}

inline void require_capacity(const char *name, int64_t capacity, int64_t needed) {
  if (capacity < needed) {
    fail(AM_ERROR_CAPACITY, name, " has room for ", capacity, " elements; ", needed, " are needed");
  }
}

}  // namespace amanuensis

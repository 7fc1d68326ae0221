#pragma once

namespace amanuensis {

/** Version, compiler and the best instruction set of this processor. */
const char *library_build() noexcept;

}  // namespace amanuensis

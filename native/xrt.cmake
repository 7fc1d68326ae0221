# Where XRT is: AMANUENSIS_XRT_DIR, or the folder that tools/install-xrt.sh fills, at the first call from the network.

if(NOT AMANUENSIS_XRT_DIR)
  execute_process(
    COMMAND ${PROJECT_SOURCE_DIR}/tools/install-xrt.sh
    OUTPUT_VARIABLE AMANUENSIS_XRT_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE xrt_problem)
  if(xrt_problem)
    message(FATAL_ERROR "XRT could not be installed; the lines above say why")
  endif()
endif()
find_library(AMANUENSIS_XRT_LIBRARY xrt_coreutil
  PATHS ${AMANUENSIS_XRT_DIR}/usr/lib/x86_64-linux-gnu NO_DEFAULT_PATH REQUIRED)
message(STATUS "XRT: ${AMANUENSIS_XRT_DIR}")

#include "device/device_table.h"

/* A device's object of another build, which the loader must refuse. */
const am_device_table *am_device_table_v1(void);
const am_device_table *am_device_table_v1(void) {
  static const am_device_table table = {.version = 99, .size = 8, .name = "other"};
  return &table;
}

/**
 * What flows on the topics: the records generated from {@code src/main/avro}, their encodings, topic names, headers and ids.
 * Bytes enter and leave; nothing here knows Kafka or Flink.
 */
package io.amanuensis.schemas;

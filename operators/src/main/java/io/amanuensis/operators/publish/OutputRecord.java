package io.amanuensis.operators.publish;

import java.util.Map;

/**
 * What to produce. The arrays are shared and must not be written to; compare them one by one, not the records.
 *
 * @param key null lets the producer choose the partition
 * @param headers by name, in the order to write them
 */
public record OutputRecord(byte[] key, byte[] value, Map<String, byte[]> headers) {}

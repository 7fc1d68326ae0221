package io.amanuensis.job.kafka;

import org.apache.flink.api.connector.source.SourceEvent;

/** From a reader to its enumerator: whether what it reads is old by now. */
record BehindEvent(boolean behind) implements SourceEvent {}

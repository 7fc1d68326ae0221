package io.amanuensis.job.demo;

import io.amanuensis.schemas.AudioSegment;

/**
 * A segment and when it is to be sent.
 *
 * @param atMs since the beginning of the playing, at its speed
 */
public record Sending(long atMs, AudioSegment segment) {}

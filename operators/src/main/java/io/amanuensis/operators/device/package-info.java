/**
 * Whether the device that encodes may be relied on: its breaker, the proof of what it computed, and how far work is degraded
 * under strain. Plain classes with a clock given to them; {@code encode} acts on what they say.
 */
package io.amanuensis.operators.device;

/**
 * Calls and utterances in the shapes that other products' dashboards read.
 *
 * <p>Enter: {@link io.amanuensis.schemas.CallRecord} and {@link io.amanuensis.schemas.Transcript}, from topics or files. Leave: JSON
 * objects. The exporters are plain classes for use in any consumer of the topics.
 */
package io.amanuensis.job.export;

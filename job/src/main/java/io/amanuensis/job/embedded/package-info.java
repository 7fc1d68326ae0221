/**
 * A Kafka broker and a Flink cluster inside this JVM: what the demonstration and the tests run on where there is nothing else.
 *
 * <p>Whoever starts one closes it; closing stops its threads and deletes its files. Both listen on localhost only.
 */
package io.amanuensis.job.embedded;

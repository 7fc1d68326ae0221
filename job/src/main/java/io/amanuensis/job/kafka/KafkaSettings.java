package io.amanuensis.job.kafka;

import io.amanuensis.job.JobOptions.InputStart;
import io.amanuensis.operators.publish.OutputEncoding;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * Everything the job needs to know of Kafka.
 *
 * @param client properties for every client: bootstrap.servers, security and what else the operator gave
 * @param bounded ends with what the topic holds when the job starts
 * @param backlogAfter an older record of calls is backlog
 * @param maxSegmentBytes a larger record becomes a dead letter
 */
public record KafkaSettings(
        Map<String, String> client,
        String inputTopic,
        String groupId,
        InputStart start,
        boolean bounded,
        Duration backlogAfter,
        int maxSegmentBytes,
        String transcriptsTopic,
        String partialsTopic,
        String callsTopic,
        String suppressedTopic,
        String deadLettersTopic,
        String retryTopic,
        String replayedTopic,
        OutputEncoding encoding,
        Duration transactionTimeout)
        implements Serializable {

    Properties properties() {
        Properties properties = new Properties();
        properties.putAll(client);
        return properties;
    }
}

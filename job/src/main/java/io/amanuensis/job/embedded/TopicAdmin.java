package io.amanuensis.job.embedded;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates topics. */
public final class TopicAdmin {
    private static final long TIMEOUT_S = 30;

    private TopicAdmin() {}

    /**
     * Creates those of the topics that do not exist, with the broker's default replication; existing ones are left as they are.
     *
     * @param maxMessageBytes largest record batch that the new topics accept
     * @throws IOException if the broker refuses or does not answer within 30 s
     */
    public static void createMissing(
            String bootstrapServers, int partitions, int maxMessageBytes, Collection<String> topics)
            throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            Set<String> existing = admin.listTopics().names().get(TIMEOUT_S, TimeUnit.SECONDS);
            Map<String, String> settings =
                    Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
            List<NewTopic> missing = topics.stream()
                    .filter(topic -> !existing.contains(topic))
                    .map(topic -> new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings))
                    .toList();
            admin.createTopics(missing).all().get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IOException("cannot create topics " + topics + " on " + bootstrapServers, e.getCause());
            }
        } catch (KafkaException e) {
            throw new IOException("cannot reach Kafka on " + bootstrapServers + ": " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no answer from Kafka on " + bootstrapServers + " within " + TIMEOUT_S + " s; is it up?", e);
        }
    }
}

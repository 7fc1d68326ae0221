package io.amanuensis.job.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates topics. */
public final class TopicAdmin {
    private static final long TIMEOUT_S = 30;
    private static final Duration POLL = Duration.ofMillis(50);

    private TopicAdmin() {}

    /**
     * Creates those of the topics that do not exist, with the broker's default replication, and returns when all are served;
     * existing ones are left as they are.
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
            create(
                    admin,
                    topics.stream()
                            .filter(topic -> !existing.contains(topic))
                            .map(topic ->
                                    new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings))
                            .toList());
            awaitServed(admin, topics);
        } catch (ExecutionException e) {
            throw new IOException("cannot create topics " + topics + " on " + bootstrapServers, e.getCause());
        } catch (KafkaException e) {
            throw new IOException("cannot reach Kafka on " + bootstrapServers + ": " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no answer from Kafka on " + bootstrapServers + " within " + TIMEOUT_S + " s; is it up?", e);
        }
    }

    private static void create(Admin admin, List<NewTopic> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            admin.createTopics(topics).all().get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Somebody else was faster.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** The controller answers when it knows of a topic; brokers learn of it a moment later. */
    private static void awaitServed(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (true) {
            try {
                admin.describeTopics(topics).allTopicNames().get(TIMEOUT_S, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > endNanos) {
                    throw e;
                }
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}

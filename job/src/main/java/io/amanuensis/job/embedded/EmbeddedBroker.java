package io.amanuensis.job.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker, its own controller, with transactions, on two free ports of localhost and a temporary directory.
 * Trimmed to about 30 MB of heap. Thread-safe; two can run side by side.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** Kafka's own default: room for a segment of the largest payload, 1,000,000 bytes, with its header. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024 + 12;

    /** How long a job may be down before the broker aborts its open transactions; clients may ask for no more. */
    private static final int TRANSACTION_MAX_TIMEOUT_MS = 15 * 60 * 1000;

    private final Path directory;
    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(Path directory, int port, KafkaRaftServer server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /**
     * Starts a broker and returns when it serves.
     *
     * @param maxMessageBytes largest record batch that topics accept unless they say otherwise
     * @throws IOException if its files cannot be written, or its storage not formatted
     */
    public static EmbeddedBroker start(int maxMessageBytes) throws IOException {
        Path directory = Files.createTempDirectory("amanuensis-broker-");
        try (ServerSocket client = new ServerSocket(0);
                ServerSocket controller = new ServerSocket(0)) {
            int port = client.getLocalPort();
            Properties properties =
                    properties(directory.resolve("log"), port, controller.getLocalPort(), maxMessageBytes);
            client.close();
            controller.close();
            format(directory, properties);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(directory, port, server);
        } catch (IOException | RuntimeException e) {
            FileUtils.deleteDirectoryQuietly(directory.toFile());
            throw e;
        }
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** Where the broker keeps its files until {@link #close}. */
    Path directory() {
        return directory;
    }

    /** Stops the broker and deletes its files. */
    @Override
    public void close() throws IOException {
        server.shutdown();
        server.awaitShutdown();
        FileUtils.deleteDirectory(directory.toFile());
    }

    private static void format(Path directory, Properties properties) throws IOException {
        Path file = directory.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String[] arguments = {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()};
        int status = StorageTool.execute(arguments, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (status != 0) {
            throw new IOException("cannot format the broker's storage in " + directory + ", status " + status + ": "
                    + output.toString(StandardCharsets.UTF_8).strip());
        }
    }

    private static Properties properties(Path logDirectory, int port, int controllerPort, int maxMessageBytes) {
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", "1");
        properties.setProperty("controller.quorum.voters", "1@localhost:" + controllerPort);
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty(
                "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        properties.setProperty("advertised.listeners", "PLAINTEXT://localhost:" + port);
        properties.setProperty("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
        properties.setProperty("log.dirs", logDirectory.toString());
        properties.setProperty("auto.create.topics.enable", "false");
        properties.setProperty("message.max.bytes", Integer.toString(maxMessageBytes));
        properties.setProperty("transaction.max.timeout.ms", Integer.toString(TRANSACTION_MAX_TIMEOUT_MS));
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        for (String internal :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.setProperty(internal + ".replication.factor", "1");
        }
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("share.coordinator.state.topic.min.isr", "1");
        properties.setProperty("offsets.topic.num.partitions", "1");
        properties.setProperty("transaction.state.log.num.partitions", "1");
        trim(properties);
        return properties;
    }

    /** The defaults are for a machine of its own; the cleaner's buffer alone takes 128 MB of heap. */
    private static void trim(Properties properties) {
        properties.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(2 * 1024 * 1024));
        properties.setProperty("log.cleaner.io.buffer.size", Integer.toString(64 * 1024));
        properties.setProperty("log.segment.bytes", Integer.toString(16 * 1024 * 1024));
        properties.setProperty("log.index.size.max.bytes", Integer.toString(1024 * 1024));
        properties.setProperty("num.network.threads", "2");
        properties.setProperty("num.io.threads", "2");
        properties.setProperty("background.threads", "2");
    }
}

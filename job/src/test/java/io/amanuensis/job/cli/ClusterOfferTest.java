package io.amanuensis.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.amanuensis.job.placement.Schedulers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cluster answers before a job is submitted. The answers are Flink 2.3's, shortened. */
class ClusterOfferTest {
    private HttpServer cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.start();
    }

    @AfterEach
    void stop() {
        cluster.stop(0);
    }

    @Test
    void whatAllTaskManagersOfferIsAddedUp() throws Exception {
        answer("/jobmanager/config", "[{\"key\": \"jobmanager.scheduler\", \"value\": \"default\"}]");
        answer("/taskmanagers", """
                {"taskmanagers": [
                  {"id": "a", "totalResource": {"cpuCores": 2.0, "extendedResources": {"npu": 1.0}}},
                  {"id": "b", "totalResource": {"cpuCores": 2.0, "extendedResources": {"cpu-slot": 100.0}}},
                  {"id": "c", "totalResource": {"cpuCores": 2.0, "extendedResources": {"npu": 2.0}}}]}
                """);

        ClusterOffer offer =
                ClusterOffer.ask(client(cluster.getAddress().getPort())).orElseThrow();

        assertThat(offer.taskManagers()).isEqualTo(3);
        assertThat(offer.amountOf("npu")).isEqualTo(3);
        assertThat(offer.amountOf("xdna")).isZero();
        Schedulers.requireOneThatHeedsResources(offer.configuration());
    }

    @Test
    void theClustersSchedulerIsKnown() throws Exception {
        answer("/jobmanager/config", "[{\"key\": \"jobmanager.scheduler\", \"value\": \"adaptive\"}]");
        answer("/taskmanagers", "{\"taskmanagers\": []}");

        ClusterOffer offer =
                ClusterOffer.ask(client(cluster.getAddress().getPort())).orElseThrow();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.requireOneThatHeedsResources(offer.configuration()))
                .withMessageContaining("jobmanager.scheduler: adaptive");
    }

    @Test
    void aClusterThatDoesNotAnswerIsLeftToTheSubmission() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        assertThat(ClusterOffer.ask(client(free))).isEmpty();
        assertThat(ClusterOffer.ask(new Configuration())).isEmpty();
    }

    private void answer(String path, String body) {
        cluster.createContext(path, exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static Configuration client(int port) {
        Configuration client = new Configuration();
        client.set(RestOptions.ADDRESS, "localhost");
        client.set(RestOptions.PORT, port);
        return client;
    }
}

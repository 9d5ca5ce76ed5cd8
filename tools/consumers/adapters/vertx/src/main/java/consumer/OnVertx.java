// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import dev.ringport.vertx.RingportTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A datagram to an echo server and back, and a request by HTTP, on one Vert.x instance. */
public final class OnVertx {
    private static final String LOOPBACK = "127.0.0.1";

    private OnVertx() {}

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.builder().withTransport(new RingportTransport()).build();

        DatagramSocket server = vertx.createDatagramSocket();
        server.handler(packet -> {
            Carrier.note("server");
            server.send(packet.data(), packet.sender().port(), packet.sender().host());
        });
        get(server.listen(0, LOOPBACK));
        CompletableFuture<String> answer = new CompletableFuture<>();
        DatagramSocket client = vertx.createDatagramSocket();
        client.handler(packet -> {
            Carrier.note("client");
            answer.complete(packet.data().toString());
        });
        get(client.listen(0, LOOPBACK));
        get(client.send("ping", server.localAddress().port(), LOOPBACK));
        System.out.println("answer: " + answer.get(10, TimeUnit.SECONDS));

        HttpServer http = get(
                vertx.createHttpServer()
                        .requestHandler(request -> request.response().end("hello"))
                        .listen(0, LOOPBACK));
        // Vert.x closes a client that nobody refers to.
        HttpClient requests = vertx.createHttpClient();
        System.out.println(
                "HTTP: " + get(
                        requests.request(HttpMethod.GET, http.actualPort(), LOOPBACK, "/")
                                .compose(request -> request.send().compose(HttpClientResponse::body))
                                .map(Buffer::toString)));
        get(requests.close());
        Carrier.print();
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}

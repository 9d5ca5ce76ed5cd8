// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.vertx.example;

import dev.ringport.vertx.RingportTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpServer;

/** A server of HTTP and a datagram echo on one Vert.x instance, whose datagrams are carried by Ringport's channels. */
public final class VertxExample {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORT = 8080;

    private final Vertx vertx;

    public VertxExample(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Serves on the loopback address until it is killed. */
    public static void main(String[] arguments) {
        RingportTransport transport = new RingportTransport();
        VertxExample example = new VertxExample(Vertx.builder().withTransport(transport).build());
        example.serveHttp(PORT).await();
        example.echoDatagrams(PORT).await();
        System.out.println("HTTP and UDP echo on port " + PORT + ", " + transport);
    }

    /** Answers each request with its path. */
    public Future<HttpServer> serveHttp(int port) {
        return vertx.createHttpServer()
                .requestHandler(request -> request.response().end("hello " + request.path()))
                .listen(port, LOOPBACK);
    }

    /** Sends each datagram back. */
    public Future<DatagramSocket> echoDatagrams(int port) {
        DatagramSocket socket = vertx.createDatagramSocket();
        socket.handler(
                packet -> socket.send(packet.data(), packet.sender().port(), packet.sender().host())
                        .onFailure(System.err::println));
        return socket.listen(port, LOOPBACK);
    }
}

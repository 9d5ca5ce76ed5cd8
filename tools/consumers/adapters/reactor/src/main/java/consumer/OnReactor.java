// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import dev.ringport.reactor.RingportLoops;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpServer;

/** A datagram to an echo server and back, and a request by HTTP, on one LoopResources of Reactor Netty. */
public final class OnReactor {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private OnReactor() {}

    public static void main(String[] args) {
        RingportLoops loops = RingportLoops.create("app");

        Connection server = UdpServer.create().runOn(loops).host(LOOPBACK).port(0).handle(
                (in, out) -> out.sendObject(
                        in.receiveObject()
                                .cast(DatagramPacket.class)
                                .doOnNext(_ -> Carrier.note("server"))
                                .map(packet -> new DatagramPacket(packet.content().retain(), packet.sender()))))
                .bindNow(LIMIT);
        Connection client = UdpClient.create().runOn(loops).host(LOOPBACK)
                .port(((InetSocketAddress) server.channel().localAddress()).getPort())
                .connectNow(LIMIT);
        Mono<String> answer = client.inbound().receive().asString().doOnNext(_ -> Carrier.note("client")).next();
        System.out.println(
                "answer: " + client.outbound().sendString(Mono.just("ping")).then().then(answer).block(LIMIT));

        DisposableServer http = HttpServer.create().runOn(loops).host(LOOPBACK).port(0)
                .handle((_, response) -> response.sendString(Mono.just("hello")))
                .bindNow(LIMIT);
        System.out.println(
                "HTTP: " + HttpClient.newConnection().runOn(loops).get()
                        .uri("http://" + LOOPBACK + ":" + http.port() + "/")
                        .responseContent().aggregate().asString().block(LIMIT));
        Carrier.print();
        loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT);
    }
}

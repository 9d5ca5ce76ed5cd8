// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.reactor.example;

import dev.ringport.quic.RingportQuic;
import dev.ringport.reactor.RingportLoops;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http3SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpServer;

/** Servers of HTTP, HTTP/3 and a datagram echo on the same loops. */
public final class ReactorExample {
    /** More than one datagram holds. */
    public static final String HTTP3_BODY = "hello by QUIC\n".repeat(5_000);

    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORT = 8080;
    private static final int HTTP3_PORT = 8443;
    private static final int WINDOW = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final LoopResources loops;

    public ReactorExample(LoopResources loops) {
        this.loops = loops;
    }

    /** Serves on the loopback address until it is killed. */
    public static void main(String[] arguments) throws Exception {
        RingportLoops loops = RingportLoops.create("example");
        ReactorExample example = new ReactorExample(loops);
        DisposableServer http = example.serveHttp(PORT);
        DisposableServer http3 = example.serveHttp3(HTTP3_PORT);
        Connection echo = example.echoDatagrams(PORT);
        System.out.println("HTTP " + http.address() + ", HTTP/3 " + http3.address() + ", UDP echo "
                + echo.address() + ", " + loops);
        http.onDispose().block();
    }

    public DisposableServer serveHttp(int port) {
        return HttpServer.create()
                .runOn(loops)
                .host(LOOPBACK)
                .port(port)
                .handle((_, response) -> response.sendString(Mono.just("hello")))
                .bindNow(LIMIT);
    }

    public DisposableServer serveHttp3(int port) throws Exception {
        X509Bundle keys = new CertificateBuilder().subject("CN=localhost").setIsCertificateAuthority(true)
                .buildSelfSigned();
        Http3SslContextSpec secure = Http3SslContextSpec.forServer(keys.toTempPrivateKeyPem(), null,
                keys.toTempCertChainPem());
        return HttpServer.create()
                .runOn(loops)
                .host(LOOPBACK)
                .port(port)
                .protocol(HttpProtocol.HTTP3)
                .secure(spec -> spec.sslContext(secure))
                .http3Settings(
                        settings -> settings.idleTimeout(LIMIT)
                                .maxData(WINDOW)
                                .maxStreamDataBidirectionalRemote(WINDOW)
                                .maxStreamsBidirectional(16)
                                .tokenHandler(InsecureQuicTokenHandler.INSTANCE))
                .doOnChannelInit((_, connection, _) -> RingportQuic.segment(connection))
                .handle((_, response) -> response.sendString(Mono.just(HTTP3_BODY)))
                .bindNow(LIMIT);
    }

    /** Sends each datagram back. */
    public Connection echoDatagrams(int port) {
        return UdpServer.create()
                .runOn(loops)
                .host(LOOPBACK)
                .port(port)
                .handle(
                        (in, out) -> out.sendObject(
                                in.receiveObject()
                                        .cast(DatagramPacket.class)
                                        .map(packet -> new DatagramPacket(packet.content().retain(), packet.sender()))))
                .bindNow(LIMIT);
    }
}

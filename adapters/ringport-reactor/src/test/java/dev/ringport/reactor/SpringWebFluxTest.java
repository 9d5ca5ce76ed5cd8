// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.reactor;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RequestPredicates.GET;

/** Spring WebFlux, server and client, by the one object that an application registers as a bean. */
@Timeout(60)
class SpringWebFluxTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void serverAndClientRunOnTheseLoops() {
        RingportLoops loops = RingportLoops.create("spring", 1, true);
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResourcesSupplier(() -> loops);
        resources.setConnectionProviderSupplier(() -> ConnectionProvider.create("spring"));
        resources.afterPropertiesSet();

        DisposableServer server = HttpServer.create()
                .runOn(resources.getLoopResources())
                .host("127.0.0.1")
                .handle(
                        new ReactorHttpHandlerAdapter(
                                RouterFunctions.toHttpHandler(
                                        RouterFunctions.route(
                                                GET("/thread"),
                                                _ -> ServerResponse.ok().bodyValue(Thread.currentThread().getName())))))
                .bindNow(LIMIT);
        WebClient client = WebClient.builder()
                .baseUrl("http://127.0.0.1:" + server.port())
                .clientConnector(new ReactorClientHttpConnector(resources, builder -> builder))
                .build();
        String threads = client.get()
                .uri("/thread")
                .retrieve()
                .bodyToMono(String.class)
                .map(answeredOn -> answeredOn + " " + Thread.currentThread().getName())
                .block(LIMIT);
        assertThat(threads).isEqualTo("spring-1 spring-1");

        server.disposeNow(LIMIT);
        resources.setShutdownQuietPeriod(Duration.ZERO);
        resources.destroy();
        assertThat(loops.isDisposed()).isTrue();
    }
}

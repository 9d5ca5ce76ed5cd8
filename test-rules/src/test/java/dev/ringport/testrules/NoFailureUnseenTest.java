// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testrules;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

class NoFailureUnseenTest {
    /** What JUnit says of the test of that name, run by itself. */
    private static TestExecutionResult run(String name) {
        List<TestExecutionResult> results = new CopyOnWriteArrayList<>();
        LauncherFactory.create().execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(DiscoverySelectors.selectMethod(Cases.class, name))
                        .build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (test.isTest()) {
                            results.add(result);
                        }
                    }
                });
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inAHandler", "inAHandlerThatCatches", "asTheReasonInAHandler", "inExceptionCaught",
        "inAListener", "inATask", "inAThread",
        "anExceptionOfAHandler", "anExceptionOfATask"})
    void whatFailsOutOfSightFailsTheTest(String name) {
        TestExecutionResult result = run(name);
        assertThat(result.getStatus()).isEqualTo(TestExecutionResult.Status.FAILED);
        assertThat(result.getThrowable().orElseThrow()).hasRootCauseMessage("on purpose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "anErrorOfTheNetwork", "whatTheTestTook"})
    void nothingElseDoes(String name) {
        assertThat(run(name).getStatus()).isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
    }

    @Test
    void whatFailedWithinSightIsStillTold() {
        Optional<Throwable> failure = run("bothWays").getThrowable();
        assertThat(failure).get().hasToString(new AssertionError("in sight").toString());
        assertThat(failure.orElseThrow().getSuppressed()).singleElement()
                .satisfies(unseen -> assertThat(unseen).hasMessageContaining("on purpose"));
    }

    /** None of them is found but by its name. */
    static class Cases {
        private MultiThreadIoEventLoopGroup group;
        private Channel channel;

        @BeforeEach
        void open() throws Exception {
            group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        }

        @AfterEach
        void end() throws Exception {
            assertThat(group.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(30, TimeUnit.SECONDS)).isTrue();
        }

        private void read(ChannelHandler handler) throws Exception {
            channel = new Bootstrap().group(group).channel(LocalChannel.class).handler(handler).register().sync()
                    .channel();
            channel.pipeline().fireChannelRead("message");
            Future<?> _ = channel.eventLoop().submit(() -> {}).sync();
        }

        private static class OnRead extends ChannelInboundHandlerAdapter {
            private final Throwable failure;

            OnRead(Throwable failure) {
                this.failure = failure;
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (Exception) failure;
            }
        }

        @Test
        void nothing() throws Exception {
            read(new ChannelInboundHandlerAdapter());
        }

        @Test
        void anErrorOfTheNetwork() throws Exception {
            read(new OnRead(new IOException("of the network")));
        }

        @Test
        void anExceptionOfAHandler() throws Exception {
            read(new OnRead(new IllegalStateException("on purpose")));
        }

        @Test
        void anExceptionOfATask() throws Exception {
            group.execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            Future<?> _ = group.submit(() -> {}).sync();
        }

        @Test
        void whatTheTestTook() throws Exception {
            read(new OnRead(new AssertionError("on purpose")));
            assertThat(UnseenFailures.take()).singleElement()
                    .satisfies(taken -> assertThat(taken).hasMessage("on purpose"));
        }

        @Test
        void inAHandler() throws Exception {
            read(new OnRead(new AssertionError("on purpose")));
        }

        @Test
        void asTheReasonInAHandler() throws Exception {
            read(new OnRead(new IOException("about", new AssertionError("on purpose"))));
        }

        @Test
        void inAHandlerThatCatches() throws Exception {
            read(new OnRead(new AssertionError("on purpose")) {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    UnseenFailures.seen(cause);
                }
            });
        }

        @Test
        void inExceptionCaught() throws Exception {
            read(new OnRead(new IOException("of the network")) {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    fail("on purpose");
                }
            });
        }

        @Test
        void inAListener() throws Exception {
            Future<?> _ = group.next().newSucceededFuture(1).addListener(done -> fail("on purpose"));
            Future<?> _ = group.submit(() -> {}).sync();
        }

        @Test
        void inATask() throws Exception {
            failInATask();
        }

        private void failInATask() throws Exception {
            group.execute(() -> fail("on purpose"));
            Future<?> _ = group.submit(() -> {}).sync();
        }

        @Test
        void inAThread() throws Exception {
            Thread thread = Thread.ofPlatform().start(() -> fail("on purpose"));
            thread.join();
        }

        @Test
        void bothWays() throws Exception {
            failInATask();
            fail("in sight");
        }
    }
}

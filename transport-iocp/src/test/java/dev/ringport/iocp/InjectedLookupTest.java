// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.NameAnswers.Asked;
import dev.ringport.iocp.WinsockAddressResolver.Order;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.NameQuery;
import io.netty.resolver.AddressResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every way in which Windows may end a lookup, on any system. */
class InjectedLookupTest {
    private static final int PORT = 80;

    private final NameAnswers windows = new NameAnswers();
    private final EventExecutor executor = new DefaultEventExecutor();
    private final WinsockAddressResolverGroup group = group(0, Order.SYSTEM);

    private WinsockAddressResolverGroup group(long timeoutMillis, Order order) {
        return new WinsockAddressResolverGroup(windows.winsock(), timeoutMillis, order);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        group.close();
        assertThat(executor.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(NameQuery.pending()).as("lookups whose memory is held").isZero();
        assertThat(windows.lists()).as("lists that were not freed").isZero();
    }

    private Future<InetSocketAddress> resolve(String host) {
        return resolver(group).resolve(InetSocketAddress.createUnresolved(host, PORT));
    }

    private Future<List<InetSocketAddress>> resolveAll(WinsockAddressResolverGroup by, String host) {
        return resolver(by).resolveAll(InetSocketAddress.createUnresolved(host, PORT));
    }

    private AddressResolver<InetSocketAddress> resolver(WinsockAddressResolverGroup by) {
        return by.getResolver(executor);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        assertThat(future.await(30, TimeUnit.SECONDS)).isTrue();
        return future.cause();
    }

    private static InetAddress inet(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[]{10, 0, 0, (byte) last});
    }

    private static InetAddress inet6(int last) throws UnknownHostException {
        byte[] raw = new byte[16];
        raw[0] = (byte) 0xfd;
        raw[15] = (byte) last;
        return InetAddress.getByAddress(raw);
    }

    @Test
    void anAnswerOfLaterCarriesTheNameAndThePort() throws Exception {
        Future<InetSocketAddress> future = resolve("db.example");
        Asked asked = windows.next();
        assertThat(asked.host()).isEqualTo("db.example");
        assertThat(asked.family()).isEqualTo(NetUtil.isIpV4StackPreferred() ? AF_INET : AF_UNSPEC);
        assertThat(future.isDone()).isFalse();
        windows.give(asked, inet(7), inet(8));

        NameAnswers.endElsewhere(asked, 0);

        InetSocketAddress address = get(future);
        assertThat(address.getAddress().getAddress()).containsExactly(10, 0, 0, 7);
        assertThat(address.getHostString()).isEqualTo("db.example");
        assertThat(address.getPort()).isEqualTo(PORT);
        assertThat(windows.cancellations()).as("an answered lookup is not cancelled").isZero();
    }

    @Test
    void allAddressesComeOnceInTheSystemsOrderWithTheirScopes() throws Exception {
        byte[] linkLocal = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
        Future<List<InetSocketAddress>> future = resolveAll(group, "many.example");
        Asked asked = windows.next();
        windows.give(
                asked, Inet6Address.getByAddress(null, linkLocal, 5), inet(1), inet6(1), inet(1), inet(2));
        NameAnswers.endElsewhere(asked, 0);

        List<InetSocketAddress> found = get(future);
        assertThat(found).extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("fe80:0:0:0:0:0:0:9%5", "10.0.0.1", "fd00:0:0:0:0:0:0:1", "10.0.0.2");
        assertThat(found).allSatisfy(address -> assertThat(address.getHostString()).isEqualTo("many.example"));
    }

    @ParameterizedTest
    @CsvSource({"true, fd00:0:0:0:0:0:0:1 fd00:0:0:0:0:0:0:2 10.0.0.1 10.0.0.2",
        "false, 10.0.0.1 10.0.0.2 fd00:0:0:0:0:0:0:1 fd00:0:0:0:0:0:0:2",
        "system, 10.0.0.1 fd00:0:0:0:0:0:0:1 10.0.0.2 fd00:0:0:0:0:0:0:2"})
    void aPropertyPutsOneFamilyFirst(String property, String order) throws Exception {
        WinsockAddressResolverGroup sorting = group(0, Order.of(property));
        Future<List<InetSocketAddress>> future = resolveAll(sorting, "both.example");
        Asked asked = windows.next();
        windows.give(asked, inet(1), inet6(1), inet(2), inet6(2));
        NameAnswers.endElsewhere(asked, 0);

        assertThat(get(future)).extracting(address -> address.getAddress().getHostAddress())
                .containsExactly(order.split(" "));
        assertThat(Order.of(null)).isEqualTo(Order.SYSTEM);
        sorting.close();
    }

    @ParameterizedTest
    @CsvSource({"11001, WSAHOST_NOT_FOUND", "11002, WSATRY_AGAIN", "11004, WSANO_DATA", "10111, WSA_E_CANCELLED",
        "12345, unknown code"})
    void aFailureOfLaterIsAnUnknownHostWithTheCodeAndItsName(int code, String name) throws Exception {
        Future<InetSocketAddress> future = resolve("none.example");

        NameAnswers.endElsewhere(windows.next(), code);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith("none.example: GetAddrInfoExW failed: ")
                .hasMessageContainingAll(name, String.valueOf(code));
    }

    @Test
    void aFailureAtOnceIsOneToo() throws Exception {
        windows.onBegin(asked -> -WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(resolve("none.example"))).isInstanceOf(UnknownHostException.class)
                .hasMessageContainingAll("none.example", "WSAHOST_NOT_FOUND", "11001");
    }

    @Test
    void anAnswerAtOnceNeedsNoCallBack() throws Exception {
        windows.onBegin(asked -> {
            giveOne(asked);
            return 0;
        });

        assertThat(get(resolve("fast.example")).getAddress().getHostAddress()).isEqualTo("10.0.0.1");
    }

    private void giveOne(Asked asked) {
        try {
            windows.give(asked, inet(1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallBackBeforeTheCallReturnsIsTheAnswerWhateverTheCallSays() throws Exception {
        for (int said : new int[]{-WindowsErrors.WSA_IO_PENDING, 0}) {
            windows.onBegin(asked -> {
                giveOne(asked);
                try {
                    NameAnswers.endElsewhere(asked, 0);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return said;
            });
            assertThat(get(resolve("race.example")).getPort()).isEqualTo(PORT);

            windows.onBegin(asked -> {
                giveOne(asked);
                NameAnswers.end(asked, 0);
                return said;
            });
            assertThat(get(resolve("same-thread.example")).getPort()).isEqualTo(PORT);
        }
    }

    @Test
    void aSuccessWithoutAddressesHasFoundNothing() throws Exception {
        Future<InetSocketAddress> future = resolve("empty.example");

        NameAnswers.endElsewhere(windows.next(), 0);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class).hasMessageContaining("WSANO_DATA");
    }

    @Test
    void aCancelledPromiseCancelsTheLookupWhoseMemoryStaysUntilItHasEnded() throws Exception {
        Future<InetSocketAddress> future = resolve("slow.example");
        Asked asked = windows.next();

        assertThat(future.cancel(false)).isTrue();

        windows.awaitCancel(asked);
        assertThat(NameQuery.pending()).as("Windows may still write").isEqualTo(1);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
        assertThat(windows.cancellations()).isZero();
    }

    @Test
    void anAnswerThatComesAfterACancellationIsFreed() throws Exception {
        Future<InetSocketAddress> future = resolve("late.example");
        Asked asked = windows.next();
        assertThat(future.cancel(false)).isTrue();
        windows.awaitCancel(asked);

        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);

        assertThat(future.isCancelled()).isTrue();
        assertThat(windows.lists()).isZero();
    }

    @Test
    void aLookupThatHasEndedIsNotCancelled() throws Exception {
        Future<InetSocketAddress> future = resolve("ended.example");
        Asked asked = windows.next();
        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);
        get(future);

        assertThat(future.cancel(false)).isFalse();
        executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
        assertThat(windows.cancellations()).as("its handle may be another lookup's by now").isZero();
    }

    @Test
    void aCancellationDuringTheCallWaitsForItsHandle() throws Exception {
        CompletableFuture<Future<InetSocketAddress>> made = new CompletableFuture<>();
        CompletableFuture<Asked> begun = new CompletableFuture<>();
        windows.onBegin(asked -> {
            try {
                begun.complete(asked);
                Future<InetSocketAddress> future = made.get(30, TimeUnit.SECONDS);
                assertThat(future.cancel(false)).isTrue();
                executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
                assertThat(windows.cancellations()).as("the handle is not written yet").isZero();
                return -WindowsErrors.WSA_IO_PENDING;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        var promise = executor.<InetSocketAddress>newPromise();
        made.complete(promise);

        Future<?> _ = resolver(group).resolve(InetSocketAddress.createUnresolved("busy.example", PORT), promise);

        Asked asked = begun.get(30, TimeUnit.SECONDS);
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        assertThat(promise.isCancelled()).isTrue();
    }

    @Test
    void aPromiseThatWasCancelledBeforeAsksForNothing() throws Exception {
        var promise = executor.<InetSocketAddress>newPromise();
        promise.cancel(false);
        CompletableFuture<Boolean> done = new CompletableFuture<>();

        executor.execute(() -> {
            Future<?> _ = resolver(group).resolve(InetSocketAddress.createUnresolved("never.example", PORT), promise);
            done.complete(windows.hasAsked());
        });

        assertThat(done.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aTimeOutFailsThePromiseAndCancelsTheLookup() throws Exception {
        WinsockAddressResolverGroup impatient = group(1, Order.SYSTEM);
        Future<List<InetSocketAddress>> future = resolveAll(impatient, "slow.example");
        Asked asked = windows.next();

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessage("slow.example: no answer within 1 ms");
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
        impatient.close();
    }

    @Test
    void anExecutorThatEndsFailsItsLookupsAndTheirMemoryWaitsForWindows() throws Exception {
        Future<InetSocketAddress> future = resolve("orphan.example");
        Asked asked = windows.next();

        assertThat(executor.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();

        windows.awaitCancel(asked);
        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessage("orphan.example: the resolver was closed");
        assertThat(NameQuery.pending()).isEqualTo(1);
        windows.give(asked, inet(1));
        NameAnswers.endElsewhere(asked, 0);
    }

    @Test
    void aClosedGroupFailsItsLookups() throws Exception {
        Future<InetSocketAddress> future = resolve("closing.example");
        Asked asked = windows.next();

        group.close();

        assertThat(failure(future)).hasMessage("closing.example: the resolver was closed");
        windows.awaitCancel(asked);
        NameAnswers.endElsewhere(asked, WindowsErrors.WSA_E_CANCELLED);
    }

    @Test
    void aListenerThatThrowsDoesNotLeaveTheCallBack() throws Exception {
        Future<InetSocketAddress> future = resolve("thrower.example");
        Asked asked = windows.next();
        future.addListener(done -> {
            throw new IllegalStateException("thrown by the test");
        });

        NameAnswers.endElsewhere(asked, WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void manyLookupsEndInAnyOrder() throws Exception {
        List<Future<InetSocketAddress>> futures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            futures.add(resolve("host" + i + ".example"));
        }
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.addFirst(windows.next());
        }
        for (Asked one : asked) {
            windows.give(one, inet(one.host().length()));
            NameAnswers.end(one, 0);
        }
        for (int i = 0; i < 200; i++) {
            assertThat(get(futures.get(i)).getHostString()).isEqualTo("host" + i + ".example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "fd00::1", "[::1]"})
    void anAddressAsTextNeedsNoLookup(String text) throws Exception {
        InetSocketAddress address = get(resolve(text));

        assertThat(address.getAddress()).isEqualTo(InetAddress.getByName(text));
        assertThat(windows.hasAsked()).isFalse();
    }

    @Test
    void theEmptyNameIsThisMachine() throws Exception {
        assertThat(get(resolve("")).getAddress().isLoopbackAddress()).isTrue();
        assertThat(windows.hasAsked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"good.example\0evil.example", "\0"})
    void aNameWithNulIsNotCutOff(String name) throws Exception {
        assertThat(failure(resolve(name))).isInstanceOf(UnknownHostException.class);
        assertThat(windows.hasAsked()).isFalse();
    }

    @Test
    void aNameThatIsTooLongAsksForNothing() throws Exception {
        assertThat(failure(resolve("x".repeat(2_000)))).isInstanceOf(UnknownHostException.class);
        assertThat(windows.hasAsked()).isFalse();
        Future<InetSocketAddress> longest = resolve("x".repeat(1_024));
        NameAnswers.endElsewhere(windows.next(), WindowsErrors.WSAHOST_NOT_FOUND);
        assertThat(failure(longest)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void aNegativeTimeOutIsRefused() {
        assertThatThrownBy(() -> group(-1, Order.SYSTEM)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeoutMillis");
    }
}

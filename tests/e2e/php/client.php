<?php
// An application in PHP: what it does with curl and with streams, each request on a connection of its own.
// Usage: php client.php CASE BASE-URL [FILE]; prints what the case asks for, exits 1 with words if it fails.
declare(strict_types=1);

function fail(string $why): never
{
    fwrite(STDERR, $why . "\n");
    exit(1);
}

/** One request on a new connection; the answer's body. */
function request(string $url, array $options = []): string
{
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_FORBID_REUSE => true,
        CURLOPT_FRESH_CONNECT => true,
        CURLOPT_FAILONERROR => true,
        CURLOPT_TIMEOUT => 60,
    ]);
    $body = curl_exec($curl);
    if ($body === false) {
        fail(curl_error($curl));
    }
    return $body;
}

/** The streams of PHP, which speak HTTP/1.0 unless told otherwise. */
function stream(string $url, array $http): string
{
    $body = file_get_contents($url, false, stream_context_create(['http' => $http + ['timeout' => 60]]));
    return $body === false ? fail('file_get_contents failed') : $body;
}

/** How many connections the origin saw for 30 requests in turn. */
function origin_connections(string $base): int
{
    $seen = [];
    for ($i = 0; $i < 30; $i++) {
        request("$base/echo", [CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$seen): int {
            if (stripos($line, 'x-origin-connection:') === 0) {
                $seen[trim(explode(':', $line)[1])] = true;
            }
            return strlen($line);
        }]);
    }
    return count($seen);
}

/** Forty requests at once, as curl_multi runs them; how many brought the file. */
function many_at_once(string $url, string $expected): int
{
    $multi = curl_multi_init();
    $handles = [];
    for ($i = 0; $i < 40; $i++) {
        $handles[] = $handle = curl_init($url);
        curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60]);
        curl_multi_add_handle($multi, $handle);
    }
    do {
        curl_multi_exec($multi, $running);
        curl_multi_select($multi);
    } while ($running > 0);
    return count(array_filter($handles, fn($one) => curl_multi_getcontent($one) === $expected));
}

[, $case, $base] = $argv;
$file = $argv[3] ?? '';
echo match ($case) {
    'get' => request("$base/files/small"),
    'post-form' => request("$base/upload", [CURLOPT_POSTFIELDS => http_build_query(['a' => 'x y', 'b' => 'ä'])]),
    'post-body' => request("$base/upload", [CURLOPT_POSTFIELDS => file_get_contents($file)]),
    'put-file' => request("$base/upload", [
        CURLOPT_PUT => true, CURLOPT_INFILE => fopen($file, 'r'), CURLOPT_INFILESIZE => filesize($file)]),
    'put-chunked' => request("$base/upload", [
        CURLOPT_PUT => true, CURLOPT_INFILE => fopen($file, 'r'), CURLOPT_HTTPHEADER => ['Transfer-Encoding: chunked']]),
    'upload-curlfile' => request("$base/upload", [CURLOPT_POSTFIELDS => ['file' => new CURLFile($file)]]),
    'stream' => stream("$base/files/small", []),
    'stream-http11' => stream("$base/files/small", ['protocol_version' => '1.1', 'header' => 'Connection: close']),
    'stream-high-bytes' => stream("$base/echo/検索?q=日本語", []),
    'stream-headers' => stream("$base/echo", ['header' => ['X-End: kept', 'User-Agent: shop/1']]),
    'stream-post' => stream("$base/upload", [
        'method' => 'POST', 'header' => 'Content-Type: application/octet-stream', 'content' => file_get_contents($file)]),
    'stream-large' => hash('sha256', stream("$base/files/large", [])),
    'copy' => copy("$base/files/large", $file) ? hash_file('sha256', $file) : fail('copy failed'),
    'connections' => (string) origin_connections($base),
    'many' => (string) many_at_once("$base/files/small", "a small file\n"),
    default => fail("no case $case"),
};

<?php
// What applications do with SQS, by the client that docs/aws.md makes:  php async_aws.php CASE      Prints what the test wants.
declare(strict_types=1);

use AsyncAws\Core\Exception\Http\ClientException;
use AsyncAws\Core\Exception\Http\NetworkException;
use AsyncAws\Core\Exception\Http\ServerException;
use AsyncAws\Core\HttpClient\AwsHttpClientFactory;
use AsyncAws\Sqs\SqsClient;
use Symfony\Component\HttpClient\HttpClient;

require 'AsyncAws/Sqs/autoload.php';
require 'Symfony/Component/HttpClient/autoload.php';
require '/run/php-aws/sqs.php';

function outcome(SqsClient $sqs, array $message): string
{
    try {
        $sqs->sendMessage($message)->resolve();
    } catch (ServerException $e) {
        return (string) $e->getResponse()->getStatusCode();
    } catch (NetworkException $e) {
        return 'no answer';
    }
    return 'answered';
}

$queue = ['QueueUrl' => 'https://sqs.eu-central-1.amazonaws.com/000000000000/orders'];
$cases = [
    'message' => function () use ($sqs, $queue) {
        $text = "50 € <for> a+b&c=d \u{1F4B6} " . str_repeat('0123456789', 20000);
        $sqs->sendMessage($queue + ['MessageBody' => $text])->resolve();
        $messages = iterator_to_array($sqs->receiveMessage($queue)->getMessages());
        return count($messages) === 1 && $messages[0]->getBody() === $text ? 'whole' : 'not what was sent';
    },
    'refused' => function () use ($sqs, $queue) {
        try {
            $sqs->sendMessage($queue + ['MessageBody' => 'x'])->resolve();
        } catch (ClientException $e) {
            return $e->getResponse()->getStatusCode() . ' ' . $e->getAwsCode();
        }
        return 'taken';
    },
    'lost' => fn () => outcome($sqs, $queue + ['MessageBody' => 'LOST']),
    // By what AsyncAws takes where nobody gives it a client.
    'lost-by-its-own-client' => fn () => outcome(
        new SqsClient($sqs->getConfiguration(), null, AwsHttpClientFactory::createRetryableClient(
            HttpClient::create(['proxy' => 'http://127.0.0.1:3000', 'no_proxy' => '169.254.169.254']),
        )),
        $queue + ['MessageBody' => 'LOST AGAIN'],
    ),
];
echo $cases[$argv[1]](), "\n";

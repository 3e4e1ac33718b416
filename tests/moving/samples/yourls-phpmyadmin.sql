-- phpMyAdmin SQL Dump
-- version 5.2.1
-- https://www.phpmyadmin.net/
--
-- Host: localhost
-- Generation Time: Mar 11, 2024 at 11:12 AM
-- It's a comment with an apostrophe

SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";


/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;

--
-- Database: `short`
--

DELIMITER $$
--
-- Procedures
--
CREATE DEFINER=`root`@`localhost` PROCEDURE `tidy` ()  BEGIN DELETE FROM s_log WHERE click_id < 0; SELECT 'it''s'; END$$

DELIMITER ;

-- --------------------------------------------------------

--
-- Table structure for table `s_log`
--

CREATE TABLE `s_log` (
  `click_id` int(11) NOT NULL,
  `click_time` datetime NOT NULL,
  `shorturl` varchar(200) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  `referrer` varchar(200) NOT NULL,
  `user_agent` varchar(255) NOT NULL,
  `ip_address` varchar(41) NOT NULL,
  `country_code` char(2) NOT NULL
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `s_log`
--

INSERT INTO `s_log` (`click_id`, `click_time`, `shorturl`, `referrer`, `user_agent`, `ip_address`, `country_code`) VALUES
(2, '2024-01-02 10:00:00', 'b', 'https://www.example.org/it''s', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', '192.0.2.2', 'DE'),
(1, '2024-01-01 10:00:00', 'a', 'direct', 'curl/8.8.0', '192.0.2.1', 'DE');
INSERT INTO `s_log` (`click_id`, `click_time`, `shorturl`, `referrer`, `user_agent`, `ip_address`, `country_code`) VALUES
(3, '2024-01-03 10:00:00', 'a', 'direct', 'curl/8.8.0', '2001:db8::3', '');

-- --------------------------------------------------------

--
-- Table structure for table `s_url`
--

CREATE TABLE `s_url` (
  `keyword` varchar(200) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  `url` text CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  `timestamp` timestamp NOT NULL DEFAULT current_timestamp(),
  `ip` varchar(41) NOT NULL,
  `clicks` int(10) UNSIGNED NOT NULL,
  `title` text CHARACTER SET utf8 DEFAULT NULL
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `s_url`
--

INSERT INTO `s_url` (`keyword`, `url`, `timestamp`, `ip`, `clicks`, `title`) VALUES
('a', 'https://www.example.com/a', '2023-12-31 23:00:00', '192.0.2.9', 2, 'Letter \"a\"'),
('b', 'https://www.example.com/b;c', '2023-12-31 23:00:01', '192.0.2.9', 4, NULL);

--
-- Indexes for dumped tables
--

ALTER TABLE `s_log`
  ADD PRIMARY KEY (`click_id`),
  ADD KEY `shorturl` (`shorturl`);
COMMIT;

/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;

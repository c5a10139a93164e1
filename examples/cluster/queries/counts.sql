-- How many points have which code, and by which process they were coded.
SELECT code_counts(code_point(text)) AS counts FROM points;

SELECT coded['code'] AS code, count(*) AS points, avg(coded['score']) AS score
FROM (SELECT code_point(text) AS coded FROM points)
GROUP BY 1 ORDER BY 1;

SELECT coded['node'] AS node, count(*) AS points
FROM (SELECT code_point(text) AS coded FROM points)
GROUP BY 1 ORDER BY 1;

export default function Page() {
  return <div class='page'><h1>search</h1></div>;
}
